//! A relay on loopback before a server: it can hold everything back, as a dead network does that acknowledges all the same.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

#[derive(Default)]
struct Gate {
    closed: Mutex<bool>,
    opened: Condvar,
}

/// A relay; it ends with the process.
pub(crate) struct Relay {
    port: u16,
    gate: Arc<Gate>,
}

impl Relay {
    /// One to that port.
    pub(crate) fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let own = listener.local_addr().expect("its address").port();
        let gate = Arc::<Gate>::default();
        let shared = Arc::clone(&gate);
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let Ok(far) = TcpStream::connect(("127.0.0.1", port)) else { continue };
                let (Ok(near_again), Ok(far_again)) = (near.try_clone(), far.try_clone()) else { continue };
                pass(near, far, Arc::clone(&shared));
                pass(far_again, near_again, Arc::clone(&shared));
            }
        });
        Self { port: own, gate }
    }

    /// Where it is.
    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// From now on nothing passes.
    pub(crate) fn hold(&self) {
        *self.gate.closed.lock().unwrap_or_else(PoisonError::into_inner) = true;
    }

    /// All passes again, what was held back first.
    pub(crate) fn release(&self) {
        *self.gate.closed.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.gate.opened.notify_all();
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, gate: Arc<Gate>) {
    thread::spawn(move || {
        let mut bytes = [0; 16 * 1024];
        while let Ok(length @ 1..) = from.read(&mut bytes) {
            let closed = gate.closed.lock().unwrap_or_else(PoisonError::into_inner);
            drop(gate.opened.wait_while(closed, |closed| *closed));
            if to.write_all(&bytes[..length]).is_err() {
                break;
            }
        }
        _ = to.shutdown(Shutdown::Both);
    });
}
