//! The documents that the bot answers from before anybody edits them, embedded in the program. Their words are the user's documentation.

/// Each document's name and text, in the order in which the bot offers them.
pub(super) const DOCUMENTS: &[(&str, &str)] = &[
    ("What Patchcord is", include_str!("../../assets/sandbox/docs/what-it-is.md")),
    ("First steps", include_str!("../../assets/sandbox/docs/first-steps.md")),
    ("Connecting a Chat Thing channel", include_str!("../../assets/sandbox/docs/chat-thing.md")),
    ("Connecting a KLaunch channel", include_str!("../../assets/sandbox/docs/klaunch.md")),
    ("Connecting an Operator channel", include_str!("../../assets/sandbox/docs/operator.md")),
    ("Connecting an Eko channel", include_str!("../../assets/sandbox/docs/eko.md")),
    ("Data requests (OpTech)", include_str!("../../assets/sandbox/docs/optech.md")),
    ("Keys", include_str!("../../assets/sandbox/docs/keys.md")),
    ("Drafts and the outbox", include_str!("../../assets/sandbox/docs/drafts-and-outbox.md")),
    ("Streaming", include_str!("../../assets/sandbox/docs/streaming.md")),
    ("Conversations and export", include_str!("../../assets/sandbox/docs/conversations.md")),
    ("Data sources", include_str!("../../assets/sandbox/docs/sources.md")),
    ("Config and secrets", include_str!("../../assets/sandbox/docs/config-and-secrets.md")),
    ("Commands and exit codes", include_str!("../../assets/sandbox/docs/commands.md")),
    ("The sandbox", include_str!("../../assets/sandbox/docs/sandbox.md")),
    ("Privacy and safety", include_str!("../../assets/sandbox/docs/safety.md")),
    ("Platforms", include_str!("../../assets/sandbox/docs/services.md")),
    ("Webhooks", include_str!("../../assets/sandbox/docs/webhooks.md")),
    ("Markdown showcase", include_str!("../../assets/sandbox/docs/showcase.md")),
];
