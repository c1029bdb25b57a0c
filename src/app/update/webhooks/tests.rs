//! The Webhooks view, pure.
