//! PgBouncer between us and the server, in two of its modes.

use patchcord::store::postgres::Link;

use crate::connect;
use crate::postgres::{Bouncer, Server, installations};

/// A parameter that writes itself as text, whatever it is for.
#[derive(Debug)]
struct Text(&'static str);

impl tokio_postgres::types::ToSql for Text {
    fn to_sql(
        &self,
        _: &tokio_postgres::types::Type,
        out: &mut bytes::BytesMut,
    ) -> Result<tokio_postgres::types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
        out.extend_from_slice(self.0.as_bytes());
        Ok(tokio_postgres::types::IsNull::No)
    }

    fn accepts(_: &tokio_postgres::types::Type) -> bool {
        true
    }

    fn encode_format(&self, _: &tokio_postgres::types::Type) -> tokio_postgres::types::Format {
        tokio_postgres::types::Format::Text
    }

    tokio_postgres::types::to_sql_checked!();
}

fn sum(link: &mut Link) -> i64 {
    link.query("SELECT $1::bigint + 1", &[&Text("41")]).expect("an answer")[0].get(0)
}

#[test]
fn through_a_pooler_nothing_of_a_session_is_left() {
    for installation in installations() {
        let server = Server::start(&installation, &[("fsync", "off")]);
        for mode in ["session", "transaction"] {
            let Some(bouncer) = Bouncer::start(&server, mode) else { return };
            let (mut one, mut other) = (connect(&bouncer.url("postgres")), connect(&bouncer.url("postgres")));
            assert!(!one.server().direct && !other.server().direct, "{mode}");
            // By turns, so that one server's session serves both in transaction mode.
            for _ in 0..4 {
                assert_eq!((sum(&mut one), sum(&mut other)), (42, 42), "{mode}");
            }
            let begin = one.begin();
            one.batch(&begin).expect("a transaction");
            assert_eq!(crate::one(&mut one, "SELECT current_setting('lock_timeout')"), "5s");
            one.batch("COMMIT").expect("its end");
            assert_eq!(crate::one(&mut one, "SELECT current_setting('lock_timeout')"), "0");
        }
    }
}
