//! Whether the terminal is the program's.

use rustix::process::getpgrp;
use rustix::termios::tcgetpgrp;

/// Whether the terminal's keys go to the program's process group; so where it has no job control.
pub(super) fn is_ours() -> bool {
    tcgetpgrp(std::io::stdin()).map_or(true, |group| group == getpgrp())
}
