//! The command line of `sandbox`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use crate::sandbox::Pace;

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  patchcord sandbox --bind 127.0.0.1:8080
  patchcord sandbox --upstream http://127.0.0.1:11434/v1 --model llama3
  patchcord sandbox --script faults.toml --pace 0
  patchcord sandbox --hooks http://127.0.0.1:3000/hooks --life

It keeps its conversations in the data directory, and serves until Ctrl+C.
POST /_sandbox/faults, POST /_sandbox/deliver and GET /_sandbox/ledger are its own paths.")]
pub(in crate::cli) struct SandboxArgs {
    /// The loopback address to listen on; port 0 takes any free port
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub(in crate::cli) bind: SocketAddr,

    /// Where its webhooks go: a channel's to URL/CHANNEL, on this machine
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8787/hooks")]
    pub(in crate::cli) hooks: String,

    /// Let the platforms act of their own accord, too: data requests come without being asked for
    #[arg(long)]
    pub(in crate::cli) life: bool,

    /// An OpenAI-compatible server that answers in the bot's place
    #[arg(long, value_name = "URL", requires = "model")]
    pub(in crate::cli) upstream: Option<String>,

    /// The upstream's model
    #[arg(long, value_name = "NAME", requires = "upstream")]
    pub(in crate::cli) model: Option<String>,

    /// The environment variable that holds the upstream's key
    #[arg(long, value_name = "NAME", requires = "upstream")]
    pub(in crate::cli) upstream_key_env: Option<String>,

    /// What is to go wrong, in order: a TOML file of `[[fault]]` tables
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) script: Option<PathBuf>,

    /// How fast the bot writes, in words a second; 0 is as fast as it can [default: a reader's pace]
    #[arg(long, value_name = "WORDS", value_parser = parse_pace, default_value = "12", hide_default_value = true)]
    pub(in crate::cli) pace: Pace,
}

fn parse_pace(text: &str) -> Result<Pace, String> {
    match text.parse::<f32>() {
        Ok(0.0) => Ok(Pace::Unlimited),
        Ok(words) if words > 0.0 && words.is_finite() => Ok(Pace::WordsPerSecond(words)),
        _ => Err("expected a number of words a second, or 0 for no limit".to_owned()),
    }
}
