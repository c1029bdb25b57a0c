//! People, groups and topics, where a platform has them.

use crate::domain::{Failure, Group, Person, Topic};
use crate::http::policies;
use crate::runtime::{Runtime, retry};

/// Looks people up by their user name.
pub(in crate::runtime) async fn find(runtime: &Runtime, username: &str) -> Result<Vec<Person>, Failure> {
    let adapter = runtime.adapter().await?;
    let retry = policies::COMMAND;
    let found = retry::with_retries(&retry, || adapter.find_people(username), |_, _| true).await;
    found.map_err(|e| e.failure)
}

/// Creates a group. Once: whether a second call makes a second group is not documented.
pub(in crate::runtime) async fn create_group(
    runtime: &Runtime,
    name: &str,
    people: &[String],
) -> Result<Group, Failure> {
    runtime.adapter().await?.create_group(name, people).await.map_err(|e| e.failure)
}

/// Creates a topic. Once, as above.
pub(in crate::runtime) async fn create_topic(runtime: &Runtime, group: &str, name: &str) -> Result<Topic, Failure> {
    runtime.adapter().await?.create_topic(group, name).await.map_err(|e| e.failure)
}
