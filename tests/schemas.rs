//! Every format against its schema, by validators that nobody here wrote.

use crate::drill::Rig;
use crate::support::sandbox::{Answer, Sandbox};
use crate::support::twin::TwinProcess;
use crate::support::{peers, python};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// `validate.py` on a file of the sandbox.
pub(crate) fn validate(sandbox: &Sandbox, python: &Path, kind: &str, schema: &Path, file: &str) -> Answer {
    let script = python::script("validate.py");
    let arguments = [script.as_os_str(), kind.as_ref(), schema.as_os_str(), file.as_ref()];
    sandbox.program(python, arguments).run()
}

/// The strict JUnit schemas beside the project; none, after saying so, where this is a copy without them.
pub(crate) fn junit_schemas() -> Option<[PathBuf; 2]> {
    beside(["jenkins-junit-10.xsd", "windyroad-JUnit.xsd"])
}

/// Schemas beside the project; none, after saying so, where this is a copy without them.
fn beside<const N: usize>(names: [&str; N]) -> Option<[PathBuf; N]> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/schemas");
    let schemas = names.map(|name| folder.join(name));
    if schemas.iter().all(|schema| schema.is_file()) {
        return Some(schemas);
    }
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    let _shown = writeln!(std::io::stderr(), "SKIPPED: {test}: {} has not all schemas", folder.display());
    None
}

/// Scans with these arguments for `twin`; the reports are in `deskpair-report`.
fn scanned(drift: &str, fault: &[&str], code: i32) -> Sandbox {
    let sandbox = Sandbox::new();
    let twin = TwinProcess::start(&sandbox, ["--desktops", "50", "--drift", drift].iter().chain(fault));
    let formats = deskpair_reports::Format::ALL.map(deskpair_reports::Format::as_str).join(",");
    sandbox.scan(&twin, ["--format", &formats]).expect(code);
    sandbox
}

/// Ready, drifted, and with something that could not be read.
fn outcomes() -> [Sandbox; 3] {
    [
        scanned("none", &[], 0),
        scanned("sample", &[], 1),
        scanned("sample", &["--fault", "us-west-2 workspaces:DescribeWorkspaces AccessDenied"], 3),
    ]
}

#[test]
fn every_report_and_estate_fits_its_published_schema() {
    let Some(python) = python::program("python") else { return };
    for sandbox in outcomes() {
        for name in ["report", "estate", "config"] {
            let schema = sandbox.deskpair(["schema", name]).run().expect(0).out;
            sandbox.write(format!("{name}.schema.json"), schema);
        }
        let schema = |name: &str| sandbox.path(format!("{name}.schema.json"));
        validate(&sandbox, &python, "json", &schema("report"), "deskpair-report/report.json").expect(0);
        let estate = fs::read(sandbox.path("deskpair-report/estate.jsonl.zst")).expect("it was written");
        sandbox.write("estate.jsonl", zstd::decode_all(estate.as_slice()).expect("zstd"));
        validate(&sandbox, &python, "lines", &schema("estate"), "estate.jsonl").expect(0);
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/config/example.toml");
        validate(&sandbox, &python, "toml", &schema("config"), peers::text(&example)).expect(0);

        // The validator can say no.
        let report = sandbox.text("deskpair-report/report.json").replacen("\"taken_at\"", "\"taken\"", 1);
        sandbox.write("wrong.json", report);
        validate(&sandbox, &python, "json", &schema("report"), "wrong.json").expect(1);
        sandbox.write("wrong.toml", "[[pair]]\nname = 5\n");
        validate(&sandbox, &python, "toml", &schema("config"), "wrong.toml").expect(1);
    }
}

#[test]
fn sarif_and_ocsf_fit_the_standards_schemas() {
    let Some(python) = python::program("python") else { return };
    let names = ["sarif-schema-2.1.0.json", "ocsf-compliance-finding-py-ocsf-models.schema.json"];
    let Some([sarif, ocsf]) = beside(names) else { return };
    // Pydantic, which made it, leaves the dialect out.
    let mut ocsf: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(ocsf).expect("it is there")).expect("JSON");
    ocsf["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    for sandbox in outcomes() {
        let ocsf = sandbox.write("ocsf.schema.json", ocsf.to_string());
        validate(&sandbox, &python, "json", &sarif, "deskpair-report/report.sarif").expect(0);
        validate(&sandbox, &python, "lines", &ocsf, "deskpair-report/report.ocsf.jsonl").expect(0);
        let wrong = sandbox.text("deskpair-report/report.sarif").replacen("\"2.1.0\"", "\"2.0.0\"", 1);
        sandbox.write("wrong.sarif", wrong);
        validate(&sandbox, &python, "json", &sarif, "wrong.sarif").expect(1);
        let wrong = sandbox.text("deskpair-report/report.ocsf.jsonl").replacen("\"severity_id\"", "\"severe\"", 1);
        sandbox.write("wrong.jsonl", wrong);
        validate(&sandbox, &python, "lines", &ocsf, "wrong.jsonl").expect(1);
        // Every format is of the estate beside it.
        sandbox.deskpair(["verify", "deskpair-report"]).run().expect(0);
        let log = sandbox.json("deskpair-report/report.sarif");
        let results = log["runs"][0]["results"].as_array().expect("a list");
        let line =
            |result: &serde_json::Value| result["locations"][0]["physicalLocation"]["region"]["startLine"].as_u64();
        assert!(results.iter().all(|result| line(result).is_some_and(|line| line >= 1)));
    }
}

#[test]
fn the_configuration_a_twin_writes_fits_the_schema() {
    let Some(python) = python::program("python") else { return };
    let sandbox = Sandbox::new();
    let _twin = TwinProcess::start(&sandbox, ["--desktops", "50", "--write-config", "deskpair.toml"]);
    sandbox.write("schema.json", sandbox.deskpair(["schema", "config"]).run().expect(0).out);
    validate(&sandbox, &python, "toml", &sandbox.path("schema.json"), "deskpair.toml").expect(0);
}

#[test]
fn junit_is_valid_under_both_strict_schemas() {
    let Some(python) = python::program("python") else { return };
    let Some(schemas) = junit_schemas() else { return };
    for sandbox in outcomes() {
        for schema in &schemas {
            validate(&sandbox, &python, "xsd", schema, "deskpair-report/junit.xml").expect(0);
        }
        let wrong = sandbox.text("deskpair-report/junit.xml").replacen("<testcase ", "<test ", 1).replacen(
            "</testcase>",
            "</test>",
            1,
        );
        sandbox.write("wrong.xml", wrong);
        let refused = |schema: &PathBuf| validate(&sandbox, &python, "xsd", schema, "wrong.xml").code != 0;
        assert!(schemas.iter().all(refused), "the validator can say no");
    }
}

#[test]
fn a_plan_and_its_journal_fit_their_schemas() {
    let Some(python) = python::program("python") else { return };
    let sandbox = Sandbox::new();
    let arguments =
        ["--desktops", "24", "--drift", "BRD-002", "--time-scale", "3600", "--write-config", "deskpair.toml"];
    let twin = TwinProcess::start(&sandbox, arguments);
    for name in ["plan", "journal"] {
        sandbox.write(format!("{name}.schema.json"), sandbox.deskpair(["schema", name]).run().expect(0).out);
    }
    let schema = |name: &str| sandbox.path(format!("{name}.schema.json"));
    sandbox.deskpair(["remediate", "plan", "--rule", "BRD-002"]).envs(&twin).run().expect(0);
    validate(&sandbox, &python, "json", &schema("plan"), "deskpair-plan.json").expect(0);
    let wrong = sandbox.text("deskpair-plan.json").replacen("\"left\"", "\"over\"", 1);
    sandbox.write("wrong.json", wrong);
    validate(&sandbox, &python, "json", &schema("plan"), "wrong.json").expect(1);

    sandbox.deskpair(["remediate", "apply", "--yes"]).envs(&twin).run().expect(0);
    sandbox.deskpair(["remediate", "undo", "--yes"]).envs(&twin).run().expect(0);
    let plan = sandbox.json("deskpair-plan.json");
    let journal = sandbox.path(".deskpair/remediations").join(plan["id"].as_str().expect("an id"));
    let entries = fs::read_dir(journal).expect("a journal").map(|entry| entry.expect("an entry").path());
    let mut lines: Vec<String> =
        entries.filter(|path| path.is_file()).map(|path| fs::read_to_string(path).expect("a text")).collect();
    lines.sort_unstable();
    assert!(lines.len() > 8, "{} entries", lines.len());
    sandbox.write("journal.jsonl", lines.join("\n"));
    validate(&sandbox, &python, "lines", &schema("journal"), "journal.jsonl").expect(0);
    sandbox.write("wrong.jsonl", lines.join("\n").replacen("\"writer\"", "\"author\"", 1));
    validate(&sandbox, &python, "lines", &schema("journal"), "wrong.jsonl").expect(1);
}

#[test]
fn a_drills_plan_journal_and_record_fit_their_schemas() {
    let Some(python) = python::program("python") else { return };
    let rig = Rig::quick(&[]);
    let sandbox = &rig.sandbox;
    for name in ["drill", "drill-plan", "drill-journal"] {
        sandbox.write(format!("{name}.schema.json"), sandbox.deskpair(["schema", name]).run().expect(0).out);
    }
    let schema = |name: &str| sandbox.path(format!("{name}.schema.json"));
    let wanted = ["--tag", "deskpair-drill=yes", "--expect", "0", "--with-connected", "--hold", "0s", "--margin", "1s"];
    rig.run(&[&["drill", "plan"][..], &wanted].concat()).expect(0);
    rig.run(&["drill", "run", "--plan", "deskpair-drill.json", "--yes"]).expect(0);
    validate(sandbox, &python, "json", &schema("drill-plan"), "deskpair-drill.json").expect(0);
    validate(sandbox, &python, "json", &schema("drill"), "deskpair-drill/drill.json").expect(0);
    validate(sandbox, &python, "lines", &schema("drill-journal"), "deskpair-drill/journal.jsonl").expect(0);
    let journal = sandbox.text("deskpair-drill/journal.jsonl");
    assert!(journal.lines().count() > 15, "{} entries", journal.lines().count());

    // The validator can say no.
    let wrong = sandbox.text("deskpair-drill.json").replacen("\"cohort\"", "\"crowd\"", 1);
    sandbox.write("wrong.json", wrong);
    validate(sandbox, &python, "json", &schema("drill-plan"), "wrong.json").expect(1);
    let wrong = sandbox.text("deskpair-drill/drill.json").replacen("\"verdict\"", "\"judgement\"", 1);
    sandbox.write("wrong.json", wrong);
    validate(sandbox, &python, "json", &schema("drill"), "wrong.json").expect(1);
    sandbox.write("wrong.jsonl", journal.replacen("\"swapping\"", "\"swopping\"", 1));
    validate(sandbox, &python, "lines", &schema("drill-journal"), "wrong.jsonl").expect(1);
}
