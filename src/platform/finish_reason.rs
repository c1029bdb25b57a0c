//! Why a model's reply ended, in the words of the many that serve one. Pure.

use super::stream::Ended;
use crate::domain::Finish;

/// What a reason says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FinishReason {
    /// Nothing: the reply goes on. An empty reason stands in every chunk of some servers, and so does null as a text.
    None,
    /// It ended so.
    End(Finish),
    /// It was broken off.
    Broken(Ended),
}

/// What a reason means. One that nobody knows is an end like any other.
pub(super) fn reason(word: &str) -> FinishReason {
    match word.trim().to_ascii_lowercase().as_str() {
        "" | "null" | "none" | "nil" | "undefined" | "false" | "finish_reason_unspecified" | "in_progress" => {
            FinishReason::None
        }
        "length"
        | "max_tokens"
        | "max_output_tokens"
        | "max_new_tokens"
        | "max_length"
        | "model_length"
        | "token_limit"
        | "context_length"
        | "context_length_exceeded"
        | "model_context_window_exceeded" => FinishReason::End(Finish::Length),
        "content_filter"
        | "content_filtered"
        | "filtered"
        | "filter"
        | "safety"
        | "recitation"
        | "blocklist"
        | "prohibited_content"
        | "spii"
        | "image_safety"
        | "blocked"
        | "sensitive"
        | "moderation"
        | "refusal"
        | "guardrail_intervened"
        | "guardrails" => FinishReason::End(Finish::Filtered),
        "error"
        | "failed"
        | "failure"
        | "server_error"
        | "internal_error"
        | "insufficient_system_resource"
        | "network_error"
        | "malformed_function_call" => FinishReason::Broken(Ended::Failed(None)),
        "abort" | "aborted" | "cancelled" | "canceled" | "incomplete" | "timeout" | "interrupted" => {
            FinishReason::Broken(Ended::Cut("was broken off by the platform"))
        }
        _ => FinishReason::End(Finish::Stop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_known_by_the_words_of_many() {
        for none in ["", " ", "null", "None", "NULL"] {
            assert_eq!(reason(none), FinishReason::None, "{none}");
        }
        for stop in ["stop", "STOP", "eos", "end_turn", "stop_sequence", "tool_calls", "COMPLETE", "what else"] {
            assert_eq!(reason(stop), FinishReason::End(Finish::Stop), "{stop}");
        }
        for length in ["length", "MAX_TOKENS", "max_tokens", "model_length"] {
            assert_eq!(reason(length), FinishReason::End(Finish::Length), "{length}");
        }
        for filtered in ["content_filter", "SAFETY", "RECITATION"] {
            assert_eq!(reason(filtered), FinishReason::End(Finish::Filtered), "{filtered}");
        }
        assert_eq!(reason("error"), FinishReason::Broken(Ended::Failed(None)));
        assert!(matches!(reason("abort"), FinishReason::Broken(Ended::Cut(_))));
    }
}
