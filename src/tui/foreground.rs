//! Whether the terminal is the program's.

use nix::unistd::{getpgrp, tcgetpgrp};

/// Whether the terminal's keys go to the program's process group; so where it has no job control, and where the group
/// that has them is none that this process could see.
pub(super) fn is_ours() -> bool {
    tcgetpgrp(std::io::stdin()).map_or(true, |group| group.as_raw() == 0 || group == getpgrp())
}
