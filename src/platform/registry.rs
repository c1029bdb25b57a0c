//! From a channel to its adapter: the only match on the platform outside the domain.
