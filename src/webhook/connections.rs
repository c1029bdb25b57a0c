//! Every connection there is: who may come in, who has to make room, and whose time is up.
//!
//! One look at all clocks every now and then replaces a timer for each of them.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::connection::{Connection, Overdue, Phase};
use super::limits::ListenerLimits;

/// How many addresses are remembered for their wrong paths; a listener that sees more of them forgets all.
const MOST_ADDRESSES: usize = 4_096;
/// How long an address is remembered, and how often what was only counted is told.
const MINUTE: u64 = 60_000;

/// All connections.
pub(super) struct ConnectionRegistry {
    limits: ListenerLimits,
    began: Instant,
    inner: Mutex<RegistryState>,
    /// A connection came.
    came: Notify,
    /// A connection left.
    left: Notify,
}

#[derive(Default)]
struct RegistryState {
    next: u64,
    slots: HashMap<u64, Slot>,
    /// Those that had not sent a head when they were put here, in the order in which they came.
    waiting: VecDeque<u64>,
    addresses: HashMap<IpAddr, AddressRecord>,
    /// Wrong paths that are not logged yet, and when some were logged last.
    wrong: u64,
    logged: u64,
}

/// What is held of one connection.
struct Slot {
    connection: Arc<Connection>,
    task: Option<AbortHandle>,
}

/// What is remembered of one address, or of a network that counts as one.
#[derive(Default, Clone, Copy)]
struct AddressRecord {
    open: u32,
    wrong: u32,
    since: u64,
}

/// Keeps a connection in the registry; it leaves when this is dropped.
pub(super) struct ConnectionGuard {
    registry: Arc<ConnectionRegistry>,
    id: u64,
    /// Its progress.
    pub(super) connection: Arc<Connection>,
}

impl Drop for ConnectionGuard {
    fn drop(&mut self) {
        self.registry.lock().leave(self.id);
        self.registry.left.notify_waiters();
    }
}

impl ConnectionGuard {
    /// Lets the registry end the connection's task.
    pub(super) fn set_task(registry: &ConnectionRegistry, id: u64, task: AbortHandle) {
        if let Some(slot) = registry.lock().slots.get_mut(&id) {
            slot.task = Some(task);
        }
    }

    /// Its number.
    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// It is read until its client has gone, and makes room for others before all who work.
    pub(super) fn linger(&self) {
        self.connection.enter(Phase::Linger);
        self.registry.lock().waiting.push_back(self.id);
    }
}

impl ConnectionRegistry {
    /// None yet.
    pub(super) fn new(limits: ListenerLimits) -> Self {
        Self {
            limits,
            // So that nothing happens at 0, which means never.
            began: Instant::now(),
            inner: Mutex::default(),
            came: Notify::new(),
            left: Notify::new(),
        }
    }

    /// Takes a connection in; none if its address has enough of them.
    pub(super) fn admit(self: &Arc<Self>, peer: IpAddr, local: IpAddr) -> Option<ConnectionGuard> {
        let mut inner = self.lock();
        if let Some(group) = group(peer) {
            let address = inner.addresses.entry(group).or_default();
            if address.open >= self.limits.per_address {
                return None;
            }
            address.open += 1;
        }
        let id = inner.next;
        inner.next += 1;
        let connection = Arc::new(Connection::new(peer, local, self.began));
        inner.slots.insert(id, Slot { connection: connection.clone(), task: None });
        inner.waiting.push_back(id);
        // Those that have sent a head or left are only taken out when somebody looks.
        if inner.waiting.len() > self.limits.connections.saturating_mul(2) {
            let RegistryState { waiting, slots, .. } = &mut *inner;
            waiting.retain(|id| slots.get(id).is_some_and(|slot| is_evictable(slot.connection.phase())));
        }
        drop(inner);
        self.came.notify_one();
        Some(ConnectionGuard { registry: self.clone(), id, connection })
    }

    /// Whether there is room for one more; if need be, whoever has not sent a whole head for the longest time goes.
    pub(super) fn make_room(&self) -> bool {
        let mut inner = self.lock();
        inner.slots.len() < self.limits.connections || inner.evict()
    }

    /// Ends the connection that is needed least; says whether there was one.
    pub(super) fn evict(&self) -> bool {
        self.lock().evict()
    }

    /// Waits until somebody leaves.
    pub(super) async fn wait_for_departure(&self) {
        self.left.notified().await;
    }

    /// Waits until nobody is there.
    pub(super) async fn wait_until_empty(&self) {
        loop {
            let left = self.left.notified();
            if self.lock().slots.is_empty() {
                return;
            }
            left.await;
        }
    }

    /// Wakes every connection's task.
    pub(super) fn wake_all(&self) {
        self.lock().slots.values().for_each(|slot| slot.connection.wake());
    }

    /// Counts a path that leads nowhere; says whether that address has tried too many.
    pub(super) fn count_wrong_path(&self, peer: IpAddr) -> bool {
        let now = self.now();
        let mut inner = self.lock();
        inner.wrong += 1;
        let Some(group) = group(peer) else { return false };
        if inner.addresses.len() > MOST_ADDRESSES {
            inner.addresses.retain(|_, address| address.open > 0);
        }
        let address = inner.addresses.entry(group).or_default();
        if now.saturating_sub(address.since) >= MINUTE || address.wrong == 0 {
            (address.since, address.wrong) = (now, 0);
        }
        address.wrong = address.wrong.saturating_add(1);
        address.wrong > self.limits.wrong_paths
    }

    /// Looks at all clocks, for as long as the listener runs.
    pub(super) async fn watch(&self) {
        loop {
            if self.lock().slots.is_empty() {
                self.came.notified().await;
            }
            tokio::time::sleep(self.limits.tick()).await;
            self.enforce_deadlines();
        }
    }

    fn enforce_deadlines(&self) {
        let now = self.now();
        let mut inner = self.lock();
        for slot in inner.slots.values() {
            match (slot.connection.overdue(&self.limits), &slot.task) {
                (Some(Overdue::Answer), _) => slot.connection.expire(),
                // A request may lie in the socket: cutting it off would lose what is never sent again.
                (Some(Overdue::Retire), _) if slot.connection.retire() => {}
                (Some(Overdue::Retire), Some(task)) if slot.connection.is_retiring() => task.abort(),
                (Some(Overdue::Close), Some(task)) => task.abort(),
                _ => {}
            }
        }
        if inner.wrong > 0 && now.saturating_sub(inner.logged) >= MINUTE {
            tracing::warn!(requests = inner.wrong, "requests came to paths that lead nowhere");
            (inner.wrong, inner.logged) = (0, now);
        }
        inner.addresses.retain(|_, address| address.open > 0 || now.saturating_sub(address.since) < MINUTE);
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn lock(&self) -> MutexGuard<'_, RegistryState> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RegistryState {
    fn evict(&mut self) -> bool {
        while let Some(id) = self.waiting.pop_front() {
            if self.slots.get(&id).is_some_and(|slot| is_evictable(slot.connection.phase())) {
                return self.dismiss(id);
            }
        }
        // Nobody who is new: then whoever has been quiet for the longest time.
        let quiet = |slot: &Slot| matches!(slot.connection.phase(), Phase::Idle | Phase::Head);
        let oldest =
            self.slots.iter().filter(|(_, slot)| quiet(slot)).min_by_key(|(_, slot)| slot.connection.since());
        oldest.map(|(id, _)| *id).is_some_and(|id| self.dismiss(id))
    }

    fn dismiss(&mut self, id: u64) -> bool {
        let task = self.slots.get(&id).and_then(|slot| slot.task.clone());
        self.leave(id);
        task.inspect(AbortHandle::abort).is_some()
    }

    fn leave(&mut self, id: u64) {
        let Some(slot) = self.slots.remove(&id) else { return };
        if let Some(address) = group(slot.connection.peer).and_then(|group| self.addresses.get_mut(&group)) {
            address.open = address.open.saturating_sub(1);
        }
    }
}

fn is_evictable(phase: Phase) -> bool {
    matches!(phase, Phase::Fresh | Phase::Linger)
}

/// Which addresses count as one; none for loopback, where a tunnel or a proxy stands for everybody. Who has one IPv6
/// address has all that begin with the same 64 bits.
fn group(peer: IpAddr) -> Option<IpAddr> {
    match peer.to_canonical() {
        peer if peer.is_loopback() => None,
        IpAddr::V4(peer) => Some(peer.into()),
        IpAddr::V6(peer) => {
            let [a, b, c, d, ..] = peer.segments();
            Some(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registry(limits: ListenerLimits) -> Arc<ConnectionRegistry> {
        Arc::new(ConnectionRegistry::new(limits))
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_has_so_many_connections_and_loopback_any_number() {
        let registry = registry(ListenerLimits { per_address: 2, ..ListenerLimits::default() });
        let far = [ip("192.0.2.1"), ip("::ffff:192.0.2.1")];
        let kept: Vec<Option<ConnectionGuard>> = (0..3).map(|n| registry.admit(far[n % 2], far[0])).collect();
        assert_eq!(kept.iter().map(Option::is_some).collect::<Vec<_>>(), [true, true, false]);
        assert!(registry.admit(ip("192.0.2.2"), far[0]).is_some(), "another address");
        let near: Vec<Option<ConnectionGuard>> = (0..9).map(|_| registry.admit(ip("127.0.0.5"), far[0])).collect();
        assert!(near.iter().all(Option::is_some));
        drop(kept);
        assert!(registry.admit(far[0], far[0]).is_some(), "who leaves makes room");
        let net = [ip("2001:db8:1:2::1"), ip("2001:db8:1:2:ffff::2"), ip("2001:db8:1:2::3"), ip("2001:db8:1:3::1")];
        let kept: Vec<Option<ConnectionGuard>> = net.iter().map(|peer| registry.admit(*peer, far[0])).collect();
        assert_eq!(kept.iter().map(Option::is_some).collect::<Vec<_>>(), [true, true, false, true]);
    }

    #[test]
    fn so_many_wrong_paths_a_minute_are_one_too_many() {
        let registry = registry(ListenerLimits::default());
        assert!((0..20).all(|_| !registry.count_wrong_path(ip("192.0.2.1"))), "20 are let through");
        assert!(registry.count_wrong_path(ip("192.0.2.1")), "21 are not");
        assert!(!registry.count_wrong_path(ip("192.0.2.2")), "another address");
        assert!((0..1_000).all(|_| !registry.count_wrong_path(ip("127.0.0.1"))), "loopback is everybody");
    }

    #[test]
    fn what_is_remembered_of_addresses_is_bounded() {
        let registry = registry(ListenerLimits::default());
        for n in 0..100_000_u32 {
            registry.count_wrong_path(IpAddr::V4((0x0a00_0000 + n).into()));
        }
        assert!(registry.lock().addresses.len() <= MOST_ADDRESSES + 1);
    }

    #[test]
    fn room_is_made_by_the_oldest_without_a_head_and_then_by_the_quietest() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let registry = registry(ListenerLimits { connections: 4, ..ListenerLimits::default() });
            let mut guards: Vec<ConnectionGuard> =
                (0..4).map(|_| registry.admit(ip("127.0.0.1"), ip("127.0.0.1")).unwrap()).collect();
            let tasks: Vec<_> = guards
                .iter()
                .map(|guard| {
                    let task = tokio::spawn(std::future::pending::<()>());
                    ConnectionGuard::set_task(&registry, guard.id(), task.abort_handle());
                    task
                })
                .collect();
            guards[0].connection.begin();
            guards[3].connection.begin();
            assert!(registry.make_room());
            tokio::task::yield_now().await;
            let ended = |tasks: &[tokio::task::JoinHandle<()>]| -> Vec<bool> {
                tasks.iter().map(tokio::task::JoinHandle::is_finished).collect()
            };
            assert_eq!(ended(&tasks), [false, true, false, false], "the oldest that has not sent a head");
            assert!(registry.make_room(), "there is room already");
            assert!(registry.evict());
            tokio::task::yield_now().await;
            assert_eq!(ended(&tasks), [false, true, true, false]);
            assert!(!registry.evict(), "who works stays");
            guards[3].connection.enter(Phase::Idle);
            assert!(registry.evict());
            tokio::task::yield_now().await;
            assert_eq!(ended(&tasks), [false, true, true, true]);
            guards.clear();
            assert!(registry.lock().slots.is_empty());
        });
    }
}
