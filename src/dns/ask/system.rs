//! The resolvers of this machine's own settings.

use super::name::DNS_PORT;
use hickory_resolver::config::ResolverConfig;
use hickory_resolver::system_conf::read_system_conf;
use std::net::SocketAddr;

/// The resolvers that this machine uses: `/etc/resolv.conf`, or what stands for it elsewhere.
///
/// # Errors
/// Why the settings cannot be read, or that they name none.
pub fn system_resolvers() -> Result<Vec<SocketAddr>, String> {
    let (config, _) =
        read_system_conf().map_err(|error| format!("this machine's resolver settings cannot be read: {error}"))?;
    let servers = resolvers_of(&config);
    if servers.is_empty() { Err("this machine's resolver settings name no server".to_owned()) } else { Ok(servers) }
}

/// The servers of a resolver's configuration, in its order, each once.
pub fn resolvers_of(config: &ResolverConfig) -> Vec<SocketAddr> {
    let mut servers = Vec::new();
    for server in config.name_servers() {
        let port = server.connections.first().map_or(DNS_PORT, |connection| connection.port);
        let address = SocketAddr::new(server.ip, port);
        if !servers.contains(&address) {
            servers.push(address);
        }
    }
    servers
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use hickory_resolver::system_conf::parse_resolv_conf;

    #[test]
    fn the_settings_of_the_machine_are_read() {
        let text = "# comment\nsearch corp.example\nnameserver 192.0.2.1\nnameserver 192.0.2.1\nnameserver 2001:db8::1\noptions ndots:2\n";
        let (config, _) = parse_resolv_conf(text).unwrap();
        let servers: Vec<String> = resolvers_of(&config).iter().map(SocketAddr::to_string).collect();
        assert_eq!(servers, ["192.0.2.1:53", "[2001:db8::1]:53"]);
        assert!(parse_resolv_conf("search corp.example\n").is_err());
    }
}
