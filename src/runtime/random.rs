//! Randomness, for jitter and for seeds. Below this floor it is an argument.

/// A number in 0..1, for jitter.
pub(super) fn fraction() -> f64 {
    let bits = seed() >> 11;
    // 53 bits fit a double exactly.
    bits as f64 / (1_u64 << 53) as f64
}

/// 64 random bits.
pub(super) fn seed() -> u64 {
    let (high, low) = uuid::Uuid::new_v4().as_u64_pair();
    // The version and variant bits of a UUID are fixed, at different places in its halves.
    high ^ low.rotate_left(17)
}
