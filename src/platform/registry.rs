//! TEMP
use std::sync::Arc; use crate::{domain::*, http::Http, platform::Adapter};
pub fn open(_c:&Channel,_h:&Http,_r:&dyn Fn(&SecretRef)->Result<Secret,Failure>)->Result<Arc<dyn Adapter>,Failure>{Err(Failure::new(Kind::Failed,"x"))}
pub fn capabilities(_c:&Channel)->Capabilities{Capabilities::default()}
