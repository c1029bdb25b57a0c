//! How many rows go into one call. Pure.

/// So many rows at most: one that is refused takes the others of its call with it for a while.
const ROWS: usize = 20;
/// And about so many bytes; a larger row goes alone.
const BYTES: usize = 256 << 10;

/// Parts of what is to go, in its order, each for one call.
pub(super) fn split<T>(items: Vec<T>, size: impl Fn(&T) -> usize) -> Vec<Vec<T>> {
    let (mut batches, mut batch, mut bytes) = (Vec::new(), Vec::new(), 0);
    for item in items {
        let more = size(&item);
        if !batch.is_empty() && (batch.len() >= ROWS || bytes + more > BYTES) {
            batches.push(std::mem::take(&mut batch));
            bytes = 0;
        }
        bytes += more;
        batch.push(item);
    }
    if !batch.is_empty() {
        batches.push(batch);
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_neither_long_nor_large_and_the_order_stays() {
        let sizes = |batches: Vec<Vec<usize>>| batches.iter().map(Vec::len).collect::<Vec<_>>();
        assert!(split(Vec::<usize>::new(), |_| 0).is_empty());
        assert_eq!(sizes(split(vec![1; 45], |n| *n)), [20, 20, 5]);
        assert_eq!(sizes(split(vec![100 << 10; 5], |n| *n)), [2, 2, 1]);
        assert_eq!(sizes(split(vec![1, 1 << 30, 1, 1], |n| *n)), [1, 1, 2]);
        assert_eq!(split((0..70).collect(), |_| 9).concat(), (0..70).collect::<Vec<_>>());
    }
}
