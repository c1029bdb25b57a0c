//! A script of faults: a TOML file with one `[[fault]]` for each. Reading the file is the caller's business.

use serde::Deserialize;

use super::fault::Fault;

/// What is wrong with a script; says the line and what was expected there.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the script of faults is wrong: {0}")]
pub struct ScriptError(#[from] toml::de::Error);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultScript {
    #[serde(default)]
    fault: Vec<Fault>,
}

/// Reads a script.
///
/// # Errors
/// [`ScriptError`], where it is no TOML or describes a fault that can't be.
///
/// ```
/// let faults = patchcord::sandbox::script::parse("[[fault]]\npath = '/message$'\nstatus = 'cut'\n")?;
/// assert_eq!(faults.len(), 1);
/// # Ok::<(), patchcord::sandbox::script::ScriptError>(())
/// ```
pub fn parse(text: &str) -> Result<Vec<Fault>, ScriptError> {
    Ok(toml::from_str::<FaultScript>(text)?.fault)
}

#[cfg(test)]
mod tests {
    use super::super::fault::FaultKind;
    use super::*;

    #[test]
    fn a_script_gives_its_faults_in_order() {
        let script = "[[fault]]\npath = '/message$'\nstatus = 429\nheaders = { Retry-After = 2 }\ntimes = 3\n\
                      [[fault]]\npath = 'conversations'\nstatus = 'stall'\n";
        let kinds: Vec<FaultKind> = parse(script).unwrap().iter().map(Fault::kind).collect();
        assert_eq!(kinds, [FaultKind::Status(429), FaultKind::Stall]);
    }

    #[test]
    fn a_wrong_script_says_where_and_what() {
        for (script, where_and_what) in [
            ("[[fault]]\npath = '/message'\nstatus = 'cutt'\n", vec!["line 1", "cutt", "cut, stall"]),
            ("[[fault]]\npath = '/message'\nstatus = 99\n", vec!["line 1", "99", "200 and 599"]),
            ("[[fault]]\npath = '('\nstatus = 500\n", vec!["regular expression"]),
            ("[[fault]]\npath = 'a'\nstatus = 500\nfrequency = 2\n", vec!["line 4", "frequency"]),
            ("[[fault]]\npath = 'a'\nstatus = 500\ntimes = 0\n", vec!["at least 1"]),
            ("[[fault]]\npath = 'a'\nstatus = 'cut'\nbody = 'x'\n", vec!["go with a status"]),
            ("[[fault]]\npath = 'a'\nstatus = 500\nheaders = { 'a b' = 'x' }\n", vec!["a b"]),
            ("[[faults]]\n", vec!["line 1", "faults"]),
        ] {
            let error = parse(script).unwrap_err().to_string();
            for part in where_and_what {
                assert!(error.contains(part), "{part:?} should be in: {error}");
            }
        }
    }
}
