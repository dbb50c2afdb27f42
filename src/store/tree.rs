//! The goal tree: who is under whom, in which order, and which rows are open.
//! A pure function of the store; rows are indices, so that moving the cursor
//! costs nothing and a fold costs only what is visible.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use crate::model::filter::Filter;
use crate::model::goal::{Goal, Nature};
use crate::model::ids::GoalId;
use crate::model::status::{ShownStatus, Status};

use super::Store;

/// Deeper goals are shown at this depth.
pub const DEEPEST: u8 = 64;

pub use crate::model::view::Sort;

/// One goal in the tree.
#[derive(Clone, Debug)]
pub struct Node {
    /// Which goal.
    pub goal: GoalId,
    /// The node above.
    pub parent: Option<u32>,
    /// Nodes below, sorted.
    pub children: Vec<u32>,
    /// How many key results it shows.
    pub results: u16,
    /// Highest attention score of itself and its open descendants.
    worst: u32,
    /// Whether it or something below is at risk, off track or outdated.
    troubled: bool,
    pinned: bool,
    key: Key,
}

#[derive(Clone, Debug)]
struct Key {
    due: Option<NaiveDate>,
    progress: f64,
    position: i64,
}

/// All goals in order.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    nodes: Vec<Node>,
    roots: Vec<u32>,
    goals: usize,
    results: usize,
}

/// Whether a node shows under a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    No,
    /// Something under it matches.
    Above,
    Itself,
}

/// A visible row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Which node.
    pub node: u32,
    /// Which of its key results; none for the goal itself.
    pub result: Option<u16>,
    /// How far in, 0 at the top.
    pub depth: u8,
    /// Whether what is under it can be shown or hidden, and is open now.
    pub open: Option<bool>,
    /// Shown only because something under it matches.
    pub dim: bool,
}

impl Tree {
    /// Builds the tree of open goals, and of closed ones too if asked.
    pub fn build(store: &Store, sort: Sort, with_closed: bool) -> Self {
        let goals: Vec<&Goal> = store
            .goals()
            .filter(|goal| with_closed || goal.is_open())
            .collect();
        let mut tree = Tree {
            nodes: Vec::with_capacity(goals.len()),
            roots: Vec::new(),
            goals: 0,
            results: 0,
        };
        let mut place: HashMap<&GoalId, u32> = HashMap::with_capacity(goals.len());
        for (index, goal) in goals.iter().enumerate() {
            place.insert(&goal.id, u32::try_from(index).unwrap_or(u32::MAX));
            tree.goals += usize::from(goal.nature != Nature::Folder);
            tree.results += goal.results.len();
            tree.nodes.push(node(store, goal));
        }
        for (index, goal) in goals.iter().enumerate() {
            let above = store.above(goal);
            let above = above.and_then(|parent| place.get(parent)).copied();
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            match above.filter(|above| *above != index) {
                Some(above) => {
                    tree.nodes[index as usize].parent = Some(above);
                    tree.nodes[above as usize].children.push(index);
                }
                None => tree.roots.push(index),
            }
        }
        tree.break_circles();
        tree.raise_attention();
        tree.sort(sort, &goals);
        tree
    }

    /// Goals in a circle hang under no root: the first of each circle becomes one.
    fn break_circles(&mut self) {
        let mut seen = vec![false; self.nodes.len()];
        for root in self.roots.clone() {
            self.visit(root, &mut seen);
        }
        for index in 0..self.nodes.len() {
            if !seen[index] {
                let index = u32::try_from(index).unwrap_or(u32::MAX);
                if let Some(above) = self.nodes[index as usize].parent.take() {
                    self.nodes[above as usize]
                        .children
                        .retain(|child| *child != index);
                }
                self.roots.push(index);
                self.visit(index, &mut seen);
            }
        }
    }

    fn visit(&self, from: u32, seen: &mut [bool]) {
        let mut stack = vec![from];
        while let Some(next) = stack.pop() {
            if !std::mem::replace(&mut seen[next as usize], true) {
                stack.extend(&self.nodes[next as usize].children);
            }
        }
    }

    /// A parent is as urgent as the worst of what is under it.
    fn raise_attention(&mut self) {
        let mut order = Vec::with_capacity(self.nodes.len());
        let mut stack = self.roots.clone();
        while let Some(next) = stack.pop() {
            order.push(next);
            stack.extend(&self.nodes[next as usize].children);
        }
        for index in order.into_iter().rev() {
            let Node {
                parent,
                worst,
                troubled,
                ..
            } = self.nodes[index as usize];
            if let Some(parent) = parent {
                let above = &mut self.nodes[parent as usize];
                above.worst = above.worst.max(worst);
                above.troubled |= troubled;
            }
        }
    }

    fn sort(&mut self, sort: Sort, goals: &[&Goal]) {
        let nodes = &self.nodes;
        let by = |one: &u32, other: &u32| -> Ordering {
            let (one, other) = (*one as usize, *other as usize);
            let (left, right) = (&nodes[one], &nodes[other]);
            let name = || {
                goals[one]
                    .name
                    .cmp(&goals[other].name)
                    .then_with(|| left.goal.cmp(&right.goal))
            };
            let due = || match (left.key.due, right.key.due) {
                (Some(left), Some(right)) => left.cmp(&right),
                (left, right) => right.is_some().cmp(&left.is_some()),
            };
            right.pinned.cmp(&left.pinned).then_with(|| match sort {
                Sort::Attention => right.worst.cmp(&left.worst).then_with(due).then_with(name),
                Sort::Due => due().then_with(name),
                Sort::Name => name(),
                Sort::Progress => left
                    .key
                    .progress
                    .total_cmp(&right.key.progress)
                    .then_with(name),
                Sort::Provider => left.key.position.cmp(&right.key.position).then_with(name),
            })
        };
        let mut roots = std::mem::take(&mut self.roots);
        roots.sort_by(by);
        let mut lists: Vec<(usize, Vec<u32>)> = Vec::new();
        for (index, node) in self
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| node.children.len() > 1)
        {
            let mut children = node.children.clone();
            children.sort_by(by);
            lists.push((index, children));
        }
        for (index, children) in lists {
            self.nodes[index].children = children;
        }
        self.roots = roots;
    }

    /// One node.
    pub fn node(&self, index: u32) -> Option<&Node> {
        self.nodes.get(index as usize)
    }

    /// The node of a goal.
    pub fn find(&self, goal: &GoalId) -> Option<u32> {
        let place = self.nodes.iter().position(|node| &node.goal == goal)?;
        u32::try_from(place).ok()
    }

    /// How many goals it has; folders are none.
    pub fn goals(&self) -> usize {
        self.goals
    }

    /// How many nodes it has.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// How many key results its goals have.
    pub fn results(&self) -> usize {
        self.results
    }

    /// Whether a goal is open when nobody folded or opened it: those that are in
    /// trouble, or have something in trouble under them, show what they have.
    fn opens(&self, node: &Node, store: &Store) -> bool {
        !store.marks().folded(&node.goal).unwrap_or(!node.troubled)
    }

    /// The rows to show. With a filter, goals that match and everything above
    /// them; without, what is not folded away.
    pub fn rows(&self, store: &Store, filter: Option<&Filter>) -> Vec<Row> {
        let hits = filter.map(|filter| self.hits(store, filter, None));
        self.rows_of(store, hits.as_deref())
    }

    /// The nodes whose goals match, in their order; looked for among `within`, or
    /// everywhere.
    pub fn hits(&self, store: &Store, filter: &Filter, within: Option<&[u32]>) -> Vec<u32> {
        let is_hit = |index: &u32| {
            let node = self.nodes.get(*index as usize);
            let goal = node.and_then(|node| store.goal(&node.goal));
            goal.is_some_and(|goal| filter.matches(goal, store))
        };
        match within {
            Some(within) => within.iter().copied().filter(is_hit).collect(),
            None => {
                let all = 0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
                all.filter(is_hit).collect()
            }
        }
    }

    /// The rows to show where these nodes match; without any such list, what is not
    /// folded away.
    pub fn rows_of(&self, store: &Store, hits: Option<&[u32]>) -> Vec<Row> {
        let shown = hits.map(|hits| self.shown(hits));
        let mut rows = Vec::new();
        let mut stack: Vec<(u32, u8)> = self.roots.iter().rev().map(|root| (*root, 0)).collect();
        while let Some((index, depth)) = stack.pop() {
            let node = &self.nodes[index as usize];
            let dim = match shown.as_ref().map(|shown| shown[index as usize]) {
                Some(Shown::No) => continue,
                shown => shown == Some(Shown::Above),
            };
            let has_more = node.results > 0 || !node.children.is_empty();
            let open = shown.is_some() || self.opens(node, store);
            rows.push(Row {
                node: index,
                result: None,
                depth,
                open: has_more.then_some(open),
                dim,
            });
            if !open {
                continue;
            }
            let below = depth.saturating_add(1).min(DEEPEST);
            if shown.is_none() {
                rows.extend((0..node.results).map(|result| Row {
                    node: index,
                    result: Some(result),
                    depth: below,
                    open: None,
                    dim: false,
                }));
            }
            stack.extend(node.children.iter().rev().map(|child| (*child, below)));
        }
        rows
    }

    /// Which nodes show where these match: they, and all above them.
    fn shown(&self, hits: &[u32]) -> Vec<Shown> {
        let mut shown = vec![Shown::No; self.nodes.len()];
        for hit in hits {
            shown[*hit as usize] = Shown::Itself;
            let mut above = self.nodes[*hit as usize].parent;
            while let Some(parent) = above.filter(|parent| shown[*parent as usize] == Shown::No) {
                shown[parent as usize] = Shown::Above;
                above = self.nodes[parent as usize].parent;
            }
        }
        shown
    }

    /// The goals above one, nearest first.
    pub fn above(&self, index: u32) -> Vec<u32> {
        let (mut above, mut seen) = (Vec::new(), HashSet::new());
        let mut next = self.node(index).and_then(|node| node.parent);
        while let Some(parent) = next.filter(|parent| seen.insert(*parent)) {
            above.push(parent);
            next = self.node(parent).and_then(|node| node.parent);
        }
        above
    }

    /// Every goal that has something under it, for folding all at once.
    pub fn parents(&self) -> impl Iterator<Item = &Node> {
        self.nodes
            .iter()
            .filter(|node| node.results > 0 || !node.children.is_empty())
    }

    /// Whether a goal shows what is under it now.
    pub fn is_open(&self, index: u32, store: &Store) -> bool {
        self.node(index).is_some_and(|node| self.opens(node, store))
    }
}

fn node(store: &Store, goal: &Goal) -> Node {
    let figures = store.figures(&goal.id);
    let progress = figures
        .and_then(|figures| figures.shown_progress())
        .unwrap_or(f64::INFINITY);
    let shown = figures.map_or(ShownStatus::Said(goal.status), |figures| figures.shown);
    let troubled = goal.is_open()
        && match shown {
            ShownStatus::Outdated(_) => true,
            ShownStatus::Said(status) => matches!(status, Status::AtRisk | Status::OffTrack),
        };
    Node {
        goal: goal.id.clone(),
        parent: None,
        children: Vec::new(),
        results: u16::try_from(goal.results.len()).unwrap_or(u16::MAX),
        worst: figures.map_or(0, |figures| figures.attention),
        troubled,
        pinned: store.marks().is_pinned(&goal.id),
        key: Key {
            due: goal.due,
            progress,
            position: goal.position,
        },
    }
}
