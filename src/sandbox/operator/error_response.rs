//! How Operator answers a request that it refuses.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::api::ApiResponse;
use super::conversations::AgentConversationError;

/// Why a request is refused: every error has its own code.
pub(super) struct OperatorErrorResponse {
    status: StatusCode,
    code: &'static str,
    transient: bool,
    message: String,
    data: Option<Value>,
}

impl OperatorErrorResponse {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, transient: false, message: message.into(), data: None }
    }

    pub(super) fn bad_request(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub(super) fn with(mut self, data: Value) -> Self {
        self.data = Some(data);
        self
    }

    pub(super) fn transient(mut self) -> Self {
        self.transient = true;
        self
    }

    pub(super) fn stopping() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "Stopping", "The sandbox is stopping.").transient()
    }

    pub(super) fn into_response(self) -> ApiResponse {
        let mut json = json!({ "code": self.code, "transient": self.transient, "message": self.message });
        if let Some(data) = self.data {
            json["data"] = data;
        }
        ApiResponse::Json(self.status, json)
    }
}

impl From<AgentConversationError> for OperatorErrorResponse {
    fn from(error: AgentConversationError) -> Self {
        let message = error.to_string();
        match error {
            AgentConversationError::NotFound => Self::new(StatusCode::NOT_FOUND, "ConversationNotFound", message),
            AgentConversationError::Ended(status) => {
                Self::new(StatusCode::CONFLICT, "ConversationEnded", message).with(json!({ "status": status }))
            }
            AgentConversationError::Stopping => Self::stopping(),
            AgentConversationError::NotAChat => Self::new(StatusCode::CONFLICT, "ConversationNotAChat", message),
            AgentConversationError::NotDeletable => {
                Self::new(StatusCode::CONFLICT, "ConversationNotDeletable", message)
            }
        }
    }
}
