//! Editing a text that was written elsewhere: what was not touched stays as the
//! server has it, node for node.

use serde_json::Value;

use super::tree::{Block, Inline};
use super::write::{Mentions, document, nodes};
use super::{from_markdown, read, to_markdown};

/// `original` with the changes that were made to its Markdown.
///
/// `old_markdown` is what was shown for editing, `new_markdown` what came of it.
/// Equal: the original as it is. Otherwise top-level blocks whose Markdown is
/// still there stay as they are, with their files, highlights, attributes and
/// unknown nodes; empty paragraphs go with the block before them. The others are
/// written anew.
///
/// In a block written anew, people of the original's mentions are mentioned
/// again and its files and pictures stay where their link still stands. Lost in
/// it (and only in it; a list is one block) are highlight, underline, attributes
/// and nodes that Markdown does not have, of which the words stay.
///
/// A block that somebody else added to `original` since `old_markdown` was made
/// is not in the new Markdown, so it is gone: compare versions first.
pub fn keep(
    original: &Value,
    old_markdown: &str,
    new_markdown: &str,
    mentions: &Mentions,
) -> Value {
    let nodes_before = read::top_nodes(original);
    let unchanged = old_markdown == new_markdown
        && to_markdown::blocks(&read::blocks(original)) == old_markdown;
    if unchanged && !nodes_before.is_empty() {
        return serde_json::json!({"type": "doc", "content": nodes_before});
    }
    let mentions = known(&nodes_before, mentions);
    let blocks_after = from_markdown::blocks(new_markdown);
    // What each original node looks like after a journey through Markdown.
    let before: Vec<(Value, Vec<Block>)> = nodes_before
        .into_iter()
        .map(|node| {
            let markdown = to_markdown::blocks(&read::of_node(&node));
            (node, from_markdown::blocks(&markdown))
        })
        .collect();
    let (empty_first, groups) = grouped(before);
    let kept = matched(&groups, &blocks_after);
    if kept.is_empty() {
        return document(&blocks_after, &mentions);
    }
    let mut content = Vec::new();
    if kept.first() == Some(&(0, 0)) {
        content.extend(empty_first);
    }
    let mut place = 0;
    for (group, at) in kept {
        let between = blocks_after.get(place..at).unwrap_or_default();
        content.extend(nodes(between, &mentions));
        if let Some(group) = groups.get(group) {
            content.extend(group.nodes.iter().cloned());
            place = at + group.looks.len();
        }
    }
    let rest = blocks_after.get(place..).unwrap_or_default();
    content.extend(nodes(rest, &mentions));
    serde_json::json!({"type": "doc", "content": content})
}

/// A node of the original, the empty ones after it, and its look in Markdown.
struct Group {
    nodes: Vec<Value>,
    looks: Vec<Block>,
}

/// Empty nodes before all others, and the groups.
fn grouped(before: Vec<(Value, Vec<Block>)>) -> (Vec<Value>, Vec<Group>) {
    let mut first = Vec::new();
    let mut groups: Vec<Group> = Vec::new();
    for (node, looks) in before {
        match groups.last_mut() {
            _ if !looks.is_empty() => groups.push(Group {
                nodes: vec![node],
                looks,
            }),
            Some(group) => group.nodes.push(node),
            None => first.push(node),
        }
    }
    (first, groups)
}

/// Pairs (group, place in `after`) in rising order: first what is the same from
/// the start and from the end, then the longest common row of what is between.
fn matched(groups: &[Group], after: &[Block]) -> Vec<(usize, usize)> {
    let is_at = |group: usize, at: usize| {
        groups.get(group).is_some_and(|group| {
            after.get(at..at + group.looks.len()) == Some(group.looks.as_slice())
        })
    };
    let length = |group: usize| groups.get(group).map_or(0, |group| group.looks.len());
    let (mut group_from, mut from) = (0, 0);
    let mut pairs = Vec::new();
    while group_from < groups.len() && is_at(group_from, from) {
        pairs.push((group_from, from));
        from += length(group_from);
        group_from += 1;
    }
    let (mut group_to, mut to) = (groups.len(), after.len());
    let mut tail = Vec::new();
    while group_to > group_from {
        let starts = to.checked_sub(length(group_to - 1));
        let Some(at) = starts.filter(|at| *at >= from && is_at(group_to - 1, *at)) else {
            break;
        };
        group_to -= 1;
        to = at;
        tail.push((group_to, to));
    }
    pairs.extend(longest(group_from..group_to, from..to, is_at, length));
    pairs.extend(tail.into_iter().rev());
    pairs
}

/// More pairs to compare than a note can have; beyond it they are written anew.
const MOST_PAIRS: usize = 1_000_000;

fn longest(
    groups: std::ops::Range<usize>,
    after: std::ops::Range<usize>,
    is_at: impl Fn(usize, usize) -> bool,
    length: impl Fn(usize) -> usize,
) -> Vec<(usize, usize)> {
    let width = after.len() + 1;
    if groups.len().saturating_mul(width) > MOST_PAIRS {
        return Vec::new();
    }
    // best[g][a]: blocks kept at most from group g and place a on.
    let mut best = vec![0_usize; (groups.len() + 1) * width];
    let look = |best: &[usize], group: usize, at: usize| {
        best.get((group - groups.start) * width + (at - after.start))
            .copied()
            .unwrap_or(0)
    };
    let fits = |group: usize, at: usize| at + length(group) <= after.end && is_at(group, at);
    for group in groups.clone().rev() {
        for at in after.clone().rev() {
            let mut most = look(&best, group + 1, at).max(look(&best, group, at + 1));
            if fits(group, at) {
                let size = length(group);
                most = most.max(size + look(&best, group + 1, at + size));
            }
            if let Some(cell) = best.get_mut((group - groups.start) * width + (at - after.start)) {
                *cell = most;
            }
        }
    }
    let mut pairs = Vec::new();
    let (mut group, mut at) = (groups.start, after.start);
    while group < groups.end && at < after.end {
        let here = look(&best, group, at);
        if fits(group, at) && here == length(group) + look(&best, group + 1, at + length(group)) {
            pairs.push((group, at));
            at += length(group);
            group += 1;
        } else if here == look(&best, group + 1, at) {
            group += 1;
        } else {
            at += 1;
        }
    }
    pairs
}

/// The caller's mentions, the original's own over them, and its files.
fn known(nodes: &[Value], mentions: &Mentions) -> Mentions {
    let mut all = mentions.clone();
    read::each(nodes, |node| {
        if read::is_kind(node, "mention") {
            all.put(&read::label(node), node.clone());
        } else if read::is_kind(node, "blob")
            && let [Block::Paragraph(pieces)] = read::of_node(node).as_slice()
            && let [Inline::Text(title, marks)] = pieces.as_slice()
            && let Some(address) = &marks.link
        {
            all.put_blob(title.clone(), address.to_string(), node.clone());
        }
    });
    all
}
