//! Names and ids: plausible, unique by construction, the same for the same seed.

use std::fmt::Write as _;

/// Given names, at most eight letters each, so that a user name fits the 20 characters of `sAMAccountName`.
static GIVEN: [&str; 128] = [
    "aaliyah", "abena", "adam", "ahmed", "aiko", "aisha", "alessia", "alice", "amara", "amit", "ana", "anders",
    "andrea", "anika", "anna", "antoine", "ariel", "arjun", "arthur", "astrid", "ayumi", "beatriz", "ben", "bianca",
    "bjorn", "camila", "carlos", "carmen", "cecilia", "chiara", "chloe", "chukwu", "clara", "dalia", "daniel", "dario",
    "david", "deepa", "diana", "diego", "dmitri", "elena", "elif", "elias", "emeka", "emily", "emma", "erik", "esther",
    "eva", "farah", "fatima", "felix", "fiona", "franz", "freya", "gabriel", "giulia", "grace", "hana", "haruto",
    "hassan", "helen", "hugo", "ibrahim", "ines", "ingrid", "isaac", "ivan", "jamal", "james", "jana", "javier", "jin",
    "joao", "julia", "kaito", "karim", "kavya", "kenji", "kofi", "lars", "laura", "layla", "leila", "liam", "lin",
    "lucas", "lucia", "magnus", "maria", "marta", "mateo", "mei", "mohamed", "nadia", "naomi", "nia", "nikolai",
    "nora", "olga", "oliver", "omar", "paula", "pedro", "petra", "priya", "rafael", "rahul", "rania", "rosa", "samuel",
    "sanjay", "sara", "sofia", "stefan", "sunita", "tariq", "thomas", "tomas", "vera", "victor", "wei", "yara",
    "yusuf", "zainab", "zoe", "zuri",
];

/// Family names, at most eight letters each.
static FAMILY: [&str; 160] = [
    "abbott", "abebe", "acosta", "adeyemi", "ahmadi", "aktas", "almeida", "alvarez", "andersen", "aoki", "bakker",
    "banerjee", "barbosa", "becker", "bello", "berg", "bianchi", "boateng", "borges", "brandt", "brown", "cardoso",
    "carter", "castillo", "chan", "chandra", "chen", "cohen", "conti", "costa", "cruz", "dahl", "das", "davies",
    "delgado", "demir", "diallo", "diaz", "dubois", "duarte", "eriksen", "esposito", "evans", "farouk", "ferrari",
    "fischer", "flores", "fontana", "fournier", "fraser", "fujita", "garcia", "gomez", "gupta", "haddad", "hall",
    "hansen", "hartmann", "hassan", "hayashi", "herrera", "hoang", "hoffmann", "horvat", "huang", "hughes", "hussain",
    "ibrahim", "ito", "ivanov", "jackson", "jansen", "jensen", "joshi", "kaya", "keita", "keller", "khan", "kim",
    "kimura", "klein", "kovac", "kowalski", "kruger", "kumar", "lambert", "larsen", "lee", "lehmann", "leroy", "li",
    "lindgren", "lopez", "mahlangu", "mancini", "marino", "martin", "mehta", "mensah", "meyer", "miller", "molina",
    "moreau", "moreno", "morris", "mueller", "murphy", "nair", "nakamura", "ndiaye", "nguyen", "nilsson", "novak",
    "nunez", "obrien", "okafor", "okoye", "olsen", "ortega", "osei", "ozturk", "park", "patel", "pereira", "peters",
    "petrov", "pham", "popescu", "qureshi", "ramirez", "rao", "reyes", "ribeiro", "ricci", "rivera", "romano", "rossi",
    "roy", "sato", "schmidt", "sharma", "silva", "singh", "sokolov", "suzuki", "svensson", "taylor", "teixeira",
    "torres", "tran", "turner", "vargas", "vogel", "walker", "wang", "weber", "wilson", "wong", "yilmaz", "zhang",
];

/// How many ids of nine or eight base-36 digits there are.
const NINE: u128 = 36u128.pow(9);
const EIGHT: u128 = 36u128.pow(8);

/// Makes the names and ids of one estate.
pub(super) struct Mint {
    rng: fastrand::Rng,
    name_step: u64,
    name_start: u64,
    id_step: u128,
    id_start: u128,
}

impl Mint {
    /// A mint whose every answer rests on the seed.
    pub(super) fn new(seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let combinations = (GIVEN.len() * FAMILY.len()) as u64;
        let mut name_step = rng.u64(combinations / 3..combinations) | 1;
        while gcd(name_step, combinations) != 1 {
            name_step += 2;
        }
        // Coprime to 36, so that a multiplication modulo a power of 36 repeats nothing.
        let mut id_step = u128::from(rng.u64(1 << 45..1 << 46)) | 1;
        while id_step.is_multiple_of(3) {
            id_step += 2;
        }
        let name_start = rng.u64(0..combinations);
        let id_start = u128::from(rng.u64(..));
        Self { rng, name_step, name_start, id_step, id_start }
    }

    /// A number below `end`; `end` is at least 1.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        self.rng.u32(0..end)
    }

    /// `prefix` and lower-case hexadecimal digits: `subnet-0a…`.
    pub(super) fn hex(&mut self, prefix: &str, digits: usize) -> String {
        self.digits(prefix, digits, b"0123456789abcdef")
    }

    /// `prefix` and lower-case letters and digits: `wsb-0a…`.
    pub(super) fn base36(&mut self, prefix: &str, digits: usize) -> String {
        self.digits(prefix, digits, b"0123456789abcdefghijklmnopqrstuvwxyz")
    }

    /// `prefix` and upper-case letters and digits: a hosted zone's id.
    pub(super) fn upper(&mut self, prefix: &str, digits: usize) -> String {
        self.digits(prefix, digits, b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    }

    /// Letters of both cases and digits: a connection identifier.
    pub(super) fn mixed(&mut self, digits: usize) -> String {
        self.digits("", digits, b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    }

    /// A UUID's form.
    pub(super) fn uuid(&mut self) -> String {
        let digits = self.hex("", 32);
        let (a, b, c, d, e) = (&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]);
        format!("{a}-{b}-{c}-{d}-{e}")
    }

    fn digits(&mut self, prefix: &str, digits: usize, alphabet: &[u8]) -> String {
        let mut text = String::with_capacity(prefix.len() + digits);
        text.push_str(prefix);
        for _ in 0..digits {
            text.push(char::from(alphabet[self.rng.usize(0..alphabet.len())]));
        }
        text
    }

    /// The user name of the company's `number`th person: ASCII, at most 20 characters up to ten million people. No two are equal.
    pub(super) fn user(&self, number: u64, into: &mut String) {
        let combinations = (GIVEN.len() * FAMILY.len()) as u64;
        let at = ((number % combinations) * self.name_step + self.name_start) % combinations;
        let (given, family) = (at as usize / FAMILY.len(), at as usize % FAMILY.len());
        into.clear();
        into.push_str(GIVEN[given]);
        into.push('.');
        into.push_str(FAMILY[family]);
        let round = number / combinations;
        if round > 0 {
            write!(into, "{}", round + 1).expect("writes to memory");
        }
    }

    /// The id of the estate's `number`th WorkSpace. No two are equal.
    pub(super) fn workspace(&self, number: u64, into: &mut String) {
        into.clear();
        into.push_str("ws-");
        let value = (u128::from(number) * self.id_step + self.id_start) % NINE;
        push_base36(value, 9, b"0123456789abcdefghijklmnopqrstuvwxyz", into);
    }

    /// The computer name of the estate's `number`th WorkSpace, of at most 15 characters. No two with one prefix are equal.
    pub(super) fn computer(&self, prefix: &str, number: u64, into: &mut String) {
        into.clear();
        into.push_str(prefix);
        let value = (u128::from(number) * self.id_step + self.id_start) % EIGHT;
        push_base36(value, 8, b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", into);
    }
}

fn push_base36(mut value: u128, digits: usize, alphabet: &[u8; 36], into: &mut String) {
    let mut text = [b'0'; 9];
    for digit in text[..digits].iter_mut().rev() {
        *digit = alphabet[(value % 36) as usize];
        value /= 36;
    }
    into.extend(text[..digits].iter().map(|&digit| char::from(digit)));
}

const fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_and_ids_repeat_nothing_and_fit() {
        for list in [&GIVEN[..], &FAMILY[..]] {
            assert_eq!(list.iter().collect::<BTreeSet<_>>().len(), list.len());
        }
        for seed in [0, 7, u64::MAX] {
            let mint = Mint::new(seed);
            let (mut users, mut ids, mut computers) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
            let mut text = String::new();
            for number in 0..50_000 {
                mint.user(number, &mut text);
                assert!(
                    text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.'),
                    "{text}"
                );
                assert!(users.insert(text.clone()), "{text} twice");
                mint.workspace(number, &mut text);
                assert!(ids.insert(text.clone()), "{text} twice");
                mint.computer("WSAMZN-", number, &mut text);
                assert!(text.len() <= 15 && computers.insert(text.clone()), "{text}");
            }
            mint.user(9_999_999, &mut text);
            assert!(text.len() <= 20, "{text}");
        }
    }
}
