//! People, groups and topics, where a platform has them.

use crate::domain::{Failure, Group, Person, Topic};
use crate::http::policies;
use crate::runtime::{Runtime, retry};

impl Runtime {
    /// The people of the channel's platform with exactly that user name.
    ///
    /// # Errors
    ///
    /// `Kind::Invalid` where the platform knows no people; else what the call failed of.
    pub async fn find_people(&self, username: &str) -> Result<Vec<Person>, Failure> {
        find(self, username).await
    }

    /// Creates a group of these people, by their ids.
    ///
    /// # Errors
    ///
    /// As for [`Runtime::find_people`]; `Kind::UnknownDelivery` where it may have been made.
    pub async fn create_group(&self, name: &str, people: &[String]) -> Result<Group, Failure> {
        create_group(self, name, people).await
    }

    /// Creates a topic in a group.
    ///
    /// # Errors
    ///
    /// As for [`Runtime::create_group`].
    pub async fn create_topic(&self, group: &str, name: &str) -> Result<Topic, Failure> {
        create_topic(self, group, name).await
    }
}

/// Looks people up by their user name.
async fn find(runtime: &Runtime, username: &str) -> Result<Vec<Person>, Failure> {
    let adapter = runtime.adapter().await?;
    let retry = policies::COMMAND;
    let found = retry::with_retries(&retry, || adapter.find_people(username), |_, _| true).await;
    found.map_err(|e| e.failure)
}

/// Creates a group. Once: whether a second call makes a second group is not documented.
async fn create_group(runtime: &Runtime, name: &str, people: &[String]) -> Result<Group, Failure> {
    runtime.writable()?;
    runtime.adapter().await?.create_group(name, people).await.map_err(|e| e.failure)
}

/// Creates a topic. Once, as above.
async fn create_topic(runtime: &Runtime, group: &str, name: &str) -> Result<Topic, Failure> {
    runtime.writable()?;
    runtime.adapter().await?.create_topic(group, name).await.map_err(|e| e.failure)
}
