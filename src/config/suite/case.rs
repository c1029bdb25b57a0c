//! A `[[cases]]` table: one case, or one for each row of its values.

use super::super::rules;
use super::super::table::{ConfigValue, TableReader};
use super::expect::{self, Respondent};
use super::fill::{self, Filling, Values};
use super::{Defaults, lines, often};
use crate::domain::{Asks, Case, CaseRequest, CaseTurn, ConversationId};

const WHO: &str = "a case";
const ONE: &str = "exactly one of say, turns and request";

/// Reads one; none where it has an error. Without `values`, since those are wrong, places aren't looked at.
pub(super) fn read(item: ConfigValue<'_, '_>, values: Option<&Values>, defaults: &Defaults) -> Option<Vec<Case>> {
    let Some(table) = item.value.get_ref().as_table() else {
        item.wrong_type("cases", "a [[cases]] table");
        return None;
    };
    let table = TableReader::new(table, item.value.span(), item.sink, "cases.");
    let rows = rows(&table);
    let (rows, rows_good) = match rows {
        Some(rows) => (rows, true),
        None => (None, false),
    };
    let values = values.filter(|_| rows_good);
    let mut cases: Option<Vec<Case>> = Some(Vec::new());
    let none = Values::new();
    let all = rows.as_deref().unwrap_or(std::slice::from_ref(&none));
    for (at, row) in all.iter().enumerate() {
        let filled = values.map(|values| {
            let mut filled = values.clone();
            filled.extend(row.iter().map(|(name, value)| (name.clone(), value.clone())));
            filled
        });
        let reader = CaseReader { item, table: &table, filling: Filling { values: filled.as_ref() }, defaults };
        let case = reader.case(rows.is_some().then_some(at + 1));
        match (case, cases.as_mut()) {
            (Some(case), Some(cases)) => cases.push(case),
            _ => cases = None,
        }
    }
    table.finish(WHO);
    cases.filter(|_| rows_good)
}

/// The rows of values. The outer none is an error that was reported, the inner one that there are none.
#[expect(clippy::option_option, reason = "absent and wrong are two answers")]
fn rows(table: &TableReader<'_, '_>) -> Option<Option<Vec<Values>>> {
    const EXPECTED: &str = "a list of tables, as in [{ city = \"Oslo\" }, { city = \"Rome\" }]";
    let Some(item) = table.get("values") else { return Some(None) };
    let Some(array) = item.value.get_ref().as_array() else {
        item.wrong_type("cases.values", EXPECTED);
        return None;
    };
    if array.is_empty() {
        item.refuse("cases.values", format!("expected {EXPECTED}, found an empty array"));
        return None;
    }
    let rows: Vec<Option<Values>> =
        array.iter().map(|value| fill::row(ConfigValue { value, sink: item.sink }, "cases.values")).collect();
    rows.into_iter().collect::<Option<Vec<_>>>().map(Some)
}

struct CaseReader<'r, 'v, 't> {
    item: ConfigValue<'v, 't>,
    table: &'r TableReader<'v, 't>,
    filling: Filling<'r>,
    defaults: &'r Defaults,
}

impl CaseReader<'_, '_, '_> {
    /// The case of that row of values, counted from 1; none where there are no rows.
    fn case(&self, row: Option<usize>) -> Option<Case> {
        let name = self.name(row);
        let say = self.table.get("say").map(|item| self.say(item, "cases.say"));
        let turns = self.table.get("turns").map(|item| self.turns(item));
        let request = self.table.get("request").map(|item| self.request(item));
        let asks = match (say, turns, request) {
            (Some(say), None, None) => {
                let expect = expect::read(self.table, Respondent::Bot, self.filling, self.defaults.language);
                say.zip(expect).map(|(say, expect)| Asks::Conversation(vec![CaseTurn { say, expect }]))
            }
            (None, Some(turns), None) => {
                if let Some(item) = self.table.get("expect") {
                    item.refuse("cases.expect", "expected in each of the turns, found beside them");
                    return None;
                }
                turns.map(Asks::Conversation)
            }
            (None, None, Some(request)) => {
                let expect = expect::read(self.table, Respondent::Rules, self.filling, self.defaults.language);
                request.zip(expect).map(|((key, inputs), expect)| Asks::Request(CaseRequest { key, inputs, expect }))
            }
            (None, None, None) => {
                let _ = self.table.get("expect");
                self.item.refuse("cases", format!("expected {ONE}, found none"));
                None
            }
            _ => {
                let _ = self.table.get("expect");
                self.item.refuse("cases", format!("expected {ONE}, found more"));
                None
            }
        };
        let conversation = match self.table.get("conversation") {
            None => Some(None),
            Some(item) => self.conversation(item).map(Some),
        };
        if let (Some(Some(_)), Some(Asks::Request(_))) = (&conversation, &asks) {
            self.item.refuse("cases.conversation", "a request is asked in no conversation");
            return None;
        }
        let (repeat, pass) = (often(self.table, "repeat"), often(self.table, "pass"));
        let own = repeat?;
        let repeat = own.unwrap_or(self.defaults.repeat);
        // How often it has to pass is said of a number of times: another number takes it away.
        let pass = pass?.or(self.defaults.pass.filter(|_| own.is_none())).unwrap_or(repeat);
        if pass > repeat {
            self.item.refuse("cases.pass", format!("expected at most repeat, which is {repeat}, found {pass}"));
            return None;
        }
        Some(Case { name: name?, asks: asks?, conversation: conversation?, repeat, pass })
    }

    fn name(&self, row: Option<usize>) -> Option<String> {
        const EXPECTED: &str = "a name of its own";
        let item = self.table.need("name", EXPECTED, WHO)?;
        let text = item.text("cases.name", EXPECTED)?;
        let name = self.filling.fill(item, "cases.name", &text, str::to_owned)?;
        if name.trim().is_empty() {
            item.refuse("cases.name", format!("expected {EXPECTED}, found nothing in it"));
            return None;
        }
        Some(match row {
            Some(row) if !fill::has_places(&text) => format!("{name} #{row}"),
            _ => name,
        })
    }

    fn say(&self, item: ConfigValue<'_, '_>, key: &str) -> Option<String> {
        let text = lines(item, key, "what is said")?;
        self.filling.fill(item, key, &text, str::to_owned)
    }

    fn conversation(&self, item: ConfigValue<'_, '_>) -> Option<ConversationId> {
        let text = item.text("cases.conversation", "a conversation's id")?;
        self.filling.fill(item, "cases.conversation", &text, str::to_owned).map(ConversationId::new)
    }

    fn turns(&self, item: ConfigValue<'_, '_>) -> Option<Vec<CaseTurn>> {
        const EXPECTED: &str = "at least one [[cases.turns]] table";
        let Some(array) = item.value.get_ref().as_array() else {
            item.wrong_type("cases.turns", EXPECTED);
            return None;
        };
        if array.is_empty() {
            item.refuse("cases.turns", format!("expected {EXPECTED}, found an empty array"));
            return None;
        }
        let turns: Vec<Option<CaseTurn>> =
            array.iter().map(|value| self.turn(ConfigValue { value, sink: item.sink })).collect();
        turns.into_iter().collect()
    }

    fn turn(&self, item: ConfigValue<'_, '_>) -> Option<CaseTurn> {
        let Some(table) = item.value.get_ref().as_table() else {
            item.wrong_type("cases.turns", "a [[cases.turns]] table");
            return None;
        };
        let table = TableReader::new(table, item.value.span(), item.sink, "cases.turns.");
        let say = table.need("say", "what is said", "a turn").and_then(|item| self.say(item, "cases.turns.say"));
        let expect = expect::read(&table, Respondent::Bot, self.filling, self.defaults.language);
        table.finish("a turn");
        Some(CaseTurn { say: say?, expect: expect? })
    }

    /// A request's key and inputs.
    fn request(&self, item: ConfigValue<'_, '_>) -> Option<(String, serde_json::Value)> {
        const KEY: &str = "cases.request.key";
        const INPUTS: &str = "cases.request.inputs";
        let Some(table) = item.value.get_ref().as_table() else {
            item.wrong_type("cases.request", "a table, as in { key = \"order\", inputs = { id = \"7\" } }");
            return None;
        };
        let table = TableReader::new(table, item.value.span(), item.sink, "cases.request.");
        let key = table.need("key", "the request's key", "a request").and_then(|item| {
            let text = item.text(KEY, "the request's key")?;
            self.filling.fill(item, KEY, &text, str::to_owned)
        });
        let inputs = match table.get("inputs") {
            None => Some(serde_json::json!({})),
            Some(item) => rules::object(item, INPUTS).and_then(|inputs| self.filling.fill_json(item, INPUTS, inputs)),
        };
        table.finish("a request");
        Some((key?, inputs?))
    }
}
