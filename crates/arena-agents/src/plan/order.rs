//! Finds steps that wait for each other in a ring.

/// The steps of one ring, each waiting for the next and the last for the first, if there is any.
pub(super) fn ring(depends_on: &[Vec<usize>]) -> Option<Vec<usize>> {
    let mut open: Vec<usize> = depends_on.iter().map(Vec::len).collect();
    let mut dependents = vec![Vec::new(); depends_on.len()];
    for (step, needed) in depends_on.iter().enumerate() {
        for needed in needed {
            dependents.get_mut(*needed)?.push(step);
        }
    }
    let mut done: Vec<usize> = (0..open.len()).filter(|step| open.get(*step) == Some(&0)).collect();
    while let Some(step) = done.pop() {
        for dependent in dependents.get(step)? {
            let left = open.get_mut(*dependent)?;
            *left -= 1;
            if *left == 0 {
                done.push(*dependent);
            }
        }
    }
    // What is left waits for something that is left: following that leads into a ring.
    let is_left = |step: &usize| open.get(*step).is_some_and(|left| *left > 0);
    let mut path = vec![(0..open.len()).find(is_left)?];
    loop {
        let next = *depends_on.get(*path.last()?)?.iter().find(|needed| is_left(needed))?;
        if let Some(start) = path.iter().position(|step| *step == next) {
            return Some(path.split_off(start));
        }
        path.push(next);
    }
}

#[cfg(test)]
mod tests {
    use super::ring;

    #[test]
    fn a_ring_is_found_wherever_it_is() {
        assert_eq!(ring(&[vec![], vec![0], vec![0, 1]]), None);
        assert_eq!(ring(&[vec![0]]), Some(vec![0]));
        assert_eq!(ring(&[vec![3], vec![2], vec![1], vec![1]]), Some(vec![1, 2]));
    }
}
