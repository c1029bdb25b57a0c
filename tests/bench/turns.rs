//! Taking turns: whoever is measured is measured in one run, one after the other, so that what else the machine does
//! falls on all of them.

use crate::figures::{median, percentile};
use crate::table::{Cell, Cells};
use crate::who::Who;

/// What each came to in each round.
#[derive(Debug)]
pub struct Turns<T> {
    of: Vec<(Who, Vec<T>)>,
}

/// Measures the programs, and the floor where there is one, in so many rounds. Each round begins with another.
pub fn turns<T>(rounds: usize, floor: bool, mut measure: impl FnMut(Who) -> T) -> Turns<T> {
    let mut whose = Who::programs();
    whose.extend(floor.then_some(Who::Floor));
    let mut of: Vec<(Who, Vec<T>)> = whose.iter().map(|who| (*who, Vec::new())).collect();
    for round in 0..rounds {
        for turn in 0..whose.len() {
            let at = (round + turn) % whose.len();
            if let Some((who, results)) = of.get_mut(at) {
                results.push(measure(*who));
            }
        }
    }
    Turns { of }
}

impl<T> Turns<T> {
    /// Its cells, each from that one's rounds.
    pub fn cells(&self, cell: impl Fn(&[T]) -> Cell) -> Cells {
        self.of.iter().map(|(who, rounds)| (*who, cell(rounds))).collect()
    }

    /// That one's rounds; none if it was not measured.
    pub fn rounds(&self, who: Who) -> &[T] {
        self.of.iter().find(|(whose, _)| *whose == who).map_or(&[], |(_, rounds)| rounds)
    }
}

impl Turns<Vec<f64>> {
    /// The medians of the rounds' p50 and p99, and the best of them.
    pub fn spread(&self) -> Cells {
        self.cells(|rounds| {
            let of = |percent: f64| rounds.iter().map(|round| percentile(round, percent)).collect::<Vec<_>>();
            Cell::middle(&of(50.0), 2).and(Cell::middle(&of(99.0), 2))
        })
    }

    /// What both are longer than the floor's, medians and bests each beside the floor's own.
    pub fn over_the_floor(&self) -> Cells {
        let floor = self.rounds(Who::Floor);
        let rounds = |rounds: &[Vec<f64>], percent: f64| -> Vec<f64> {
            rounds.iter().map(|round| percentile(round, percent)).collect()
        };
        let over = |own: &[Vec<f64>], percent: f64| {
            let (own, floor) = (rounds(own, percent), rounds(floor, percent));
            let best = percentile(&own, 0.0) - percentile(&floor, 0.0);
            Cell::middle_and_best(median(&own) - median(&floor), best, 2)
        };
        let programs = self.of.iter().filter(|(who, _)| *who != Who::Floor);
        programs.map(|(who, own)| (*who, over(own, 50.0).and(over(own, 99.0)))).collect()
    }
}
