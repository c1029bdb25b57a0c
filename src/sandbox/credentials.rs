//! The well-known ids and secrets of the sandbox's accounts. They are no secrets: the sandbox listens on loopback.

/// What the channels of the printed config are called, and so where their webhooks go.
pub(super) const FLOW: &str = "flow";
/// Operator's.
pub(super) const AGENTS: &str = "agents";
/// Eko's.
pub(super) const FRONTLINE: &str = "frontline";
/// `OpTech`'s.
pub(super) const LOOKUPS: &str = "lookups";

/// Chat Thing: the channel that answers.
pub(super) const CHAT_THING_CHANNEL: &str = "sandbox";
/// Chat Thing: its secret.
pub(super) const CHAT_THING_SECRET: &str = "sandbox-secret";

/// `KLaunch`: the API channel.
pub(super) const KLAUNCH_CHANNEL: &str = "sandbox-flow";
/// `KLaunch`: its token, in every body.
pub(super) const KLAUNCH_TOKEN: &str = "sandbox-flow-token";
/// `KLaunch`: the hashtag that starts the bot.
pub(super) const KLAUNCH_KEYWORD: &str = "#hello";
/// `KLaunch` signs nothing: the last segment of its webhook's path stands for a signature.
pub(super) const KLAUNCH_HOOK: &str = "sandbox-flow-hook";

/// Eko: the bot's OAuth client.
pub(super) const EKO_CLIENT_ID: &str = "sandbox-eko";
/// Eko: its secret, which also signs the webhooks.
pub(super) const EKO_CLIENT_SECRET: &str = "sandbox-eko-secret";

/// Operator: whose conversations are listed.
pub(super) const OPERATOR_ID: &str = "op_sandbox";
/// Operator: the bearer token.
pub(super) const OPERATOR_API_KEY: &str = "op_test_sandbox";
/// Operator: signs the webhooks.
pub(super) const OPERATOR_SIGNING_KEY: &str = "sandbox-signing-key";

/// `OpTech`: sent raw after `Basic`.
pub(super) const OPTECH_CLIENT_ID: &str = "sandbox-optech";
/// `OpTech`: signs both ways.
pub(super) const OPTECH_CLIENT_SECRET: &str = "sandbox-optech-secret";
