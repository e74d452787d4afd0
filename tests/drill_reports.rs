//! The reports of drills against validators that nobody here wrote. In a browser they are in `page::drill`.

use crate::schemas::{junit_schemas, validate};
use crate::support::peers;
use crate::support::python;
use crate::support::sandbox::Sandbox;
use deskpair_reports::drill::{DrillFile, Record, record, write};

/// The records that the forms' own tests are fed.
#[path = "../reports/drill/samples.rs"]
pub(crate) mod samples;

/// Writes a form of the record of this name, and says where.
pub(crate) fn written(sandbox: &Sandbox, sample: &str, file: DrillFile, record: &Record) -> String {
    let mut out = Vec::new();
    write(file, record, &mut out).expect("memory takes everything");
    let name = format!("{sample}-{}", file.name());
    sandbox.write(&name, out);
    name
}

#[test]
fn junit_of_every_drill_is_valid_under_both_strict_schemas() {
    let sandbox = Sandbox::new();
    let files: Vec<String> =
        samples::all().iter().map(|(name, record)| written(&sandbox, name, DrillFile::Junit, record)).collect();
    if let Some(xmllint) = peers::program("xmllint", "libxml2-utils") {
        for file in &files {
            sandbox.program(&xmllint, ["--noout", "--nonet", file]).run().expect(0);
        }
    }
    let (Some(python), Some(schemas)) = (python::program("python"), junit_schemas()) else { return };
    for schema in &schemas {
        for file in &files {
            validate(&sandbox, &python, "xsd", schema, file).expect(0);
        }
    }
    let wrong =
        sandbox.text(&files[0]).replacen("time=\"192\"", "time=\"3 min\"", 1).replacen("<testcase ", "<case ", 1);
    sandbox.write("wrong.xml", wrong);
    for schema in &schemas {
        assert_ne!(validate(&sandbox, &python, "xsd", schema, "wrong.xml").code, 0, "the validator can say no");
    }
}

#[test]
fn json_of_every_drill_fits_its_schema() {
    let Some(python) = python::program("python") else { return };
    let sandbox = Sandbox::new();
    let schema = sandbox.write("drill.schema.json", record::json_schema().to_string());
    for (name, record) in samples::all() {
        let file = written(&sandbox, name, DrillFile::Json, &record);
        validate(&sandbox, &python, "json", &schema, &file).expect(0);
    }
    sandbox.write("wrong.json", sandbox.text("good-drill.json").replacen("\"planned_at\"", "\"planned\"", 1));
    validate(&sandbox, &python, "json", &schema, "wrong.json").expect(1);
}
