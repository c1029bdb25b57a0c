//! The command lines of `people` and `groups`.

use clap::Subcommand;

#[derive(Debug, Clone, Subcommand)]
pub(in crate::cli) enum PeopleCommand {
    /// Find people by their exact user name
    #[command(after_help = "Example:\n  patchcord -c frontline people find mali.s")]
    Find {
        /// The user name
        #[arg(value_name = "USERNAME")]
        username: String,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub(in crate::cli) enum GroupsCommand {
    /// Create a group and print its id
    #[command(after_help = "Example:\n  patchcord -c frontline groups create \"Early shift\" --user 5f3a1c20b4e8")]
    Create {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
        /// A person's id, as `people find` prints it (repeatable)
        #[arg(long, value_name = "ID")]
        user: Vec<String>,
    },
    /// Create a topic in a group and print its id
    #[command(after_help = "Example:\n  patchcord -c frontline groups topic 5f3a1c20a001 Deliveries")]
    Topic {
        /// The group's id
        #[arg(value_name = "GROUP")]
        group: String,
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
    },
}
