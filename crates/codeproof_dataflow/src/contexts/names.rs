//! Sets of names, told apart while they are read byte by byte. How far one got fits in a byte, so that the state of a
//! page stays small.

/// A set of names as a tree of their bytes; at most 254 nodes.
#[derive(Debug)]
pub(super) struct Names<const NODES: usize> {
    nodes: [Node; NODES],
}

/// A byte of a name. Zero stands for no node: the root is nobody's child.
#[derive(Debug, Clone, Copy)]
struct Node {
    byte: u8,
    first_child: u8,
    next_sibling: u8,
    /// 1 + the index of the name that ends here; 0 for none.
    name: u8,
}

/// How far a name was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(super) struct Progress(u8);

impl Progress {
    /// At the beginning.
    pub(super) const START: Self = Self(0);
    /// No name of the set begins like that.
    pub(super) const NOWHERE: Self = Self(u8::MAX);

    /// The beginning again when nothing fits.
    pub(super) fn or_start(self) -> Self {
        if self == Self::NOWHERE { Self::START } else { self }
    }
}

impl<const NODES: usize> Names<NODES> {
    /// The set of `names`, which are ASCII. `NODES` is at least one more than their bytes.
    pub(super) const fn new(names: &[&str]) -> Self {
        assert!(NODES < u8::MAX as usize, "a node's number fits in a byte");
        let mut nodes = [Node { byte: 0, first_child: 0, next_sibling: 0, name: 0 }; NODES];
        let mut used = 1;
        let mut index = 0;
        while index < names.len() {
            let name = names[index].as_bytes();
            let mut at = 0;
            let mut place = 0;
            while place < name.len() {
                let mut child = nodes[at].first_child as usize;
                while child != 0 && nodes[child].byte != name[place] {
                    child = nodes[child].next_sibling as usize;
                }
                if child == 0 {
                    child = used;
                    used += 1;
                    nodes[child].byte = name[place];
                    nodes[child].next_sibling = nodes[at].first_child;
                    nodes[at].first_child = child as u8;
                }
                at = child;
                place += 1;
            }
            index += 1;
            nodes[at].name = index as u8;
        }
        Self { nodes }
    }

    /// How far after one more byte.
    pub(super) fn next(&self, progress: Progress, byte: u8) -> Progress {
        let Some(node) = self.nodes.get(usize::from(progress.0)) else { return Progress::NOWHERE };
        let mut child = node.first_child;
        while child != 0 {
            let node = &self.nodes[usize::from(child)];
            if node.byte == byte {
                return Progress(child);
            }
            child = node.next_sibling;
        }
        Progress::NOWHERE
    }

    /// The index of the name that was read in full.
    pub(super) fn name(&self, progress: Progress) -> Option<usize> {
        let node = self.nodes.get(usize::from(progress.0))?;
        usize::from(node.name).checked_sub(1)
    }
}

/// Bytes of all `names` and one, for [`Names::new`].
pub(super) const fn nodes(names: &[&str]) -> usize {
    let mut bytes = 1;
    let mut index = 0;
    while index < names.len() {
        bytes += names[index].len();
        index += 1;
    }
    bytes
}
