//! Interned text: a million user names cost their letters and four bytes a mention.

use hashbrown::HashTable;
use std::fmt;
use std::hash::BuildHasher;

/// The number of an interned text in its estate's [`Symbols`]. Number 0 is the empty text, which stands for "absent".
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sym(u32);

impl Sym {
    /// The empty text: an absent member.
    pub const NONE: Self = Self(0);

    /// Whether this is the empty text.
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Its position among the texts of its table, for tables beside it.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// Whether this is a text with at least one character.
    pub const fn is_some(self) -> bool {
        self.0 != 0
    }
}

impl fmt::Debug for Sym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sym({})", self.0)
    }
}

/// All interned texts of one estate, in one allocation.
#[derive(Clone)]
pub struct Symbols {
    arena: String,
    /// Where each text ends; it begins where the one before ends.
    ends: Vec<u32>,
    lookup: HashTable<u32>,
    hasher: hashbrown::DefaultHashBuilder,
}

impl Default for Symbols {
    fn default() -> Self {
        let mut symbols =
            Self { arena: String::new(), ends: Vec::new(), lookup: HashTable::new(), hasher: Default::default() };
        symbols.intern("");
        symbols
    }
}

impl fmt::Debug for Symbols {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Symbols({} texts, {} bytes)", self.ends.len(), self.arena.len())
    }
}

impl Symbols {
    /// The number of `text`, which is stored where it is new.
    ///
    /// # Panics
    /// Where the texts together pass 4 GiB: an estate of some hundred million desktops.
    pub fn intern(&mut self, text: &str) -> Sym {
        let Self { arena, ends, lookup, hasher } = self;
        let hash = hasher.hash_one(text);
        let slot = lookup.entry(
            hash,
            |&number| slice(arena, ends, number) == text,
            |&number| hasher.hash_one(slice(arena, ends, number)),
        );
        match slot {
            hashbrown::hash_table::Entry::Occupied(slot) => Sym(*slot.get()),
            hashbrown::hash_table::Entry::Vacant(slot) => {
                let number = u32::try_from(ends.len()).expect("fewer than 2^32 texts");
                slot.insert(number);
                arena.push_str(text);
                ends.push(u32::try_from(arena.len()).expect("less than 4 GiB of text"));
                Sym(number)
            }
        }
    }

    /// The number of `text` where it has been interned.
    pub fn find(&self, text: &str) -> Option<Sym> {
        let hash = self.hasher.hash_one(text);
        self.lookup.find(hash, |&number| slice(&self.arena, &self.ends, number) == text).map(|&number| Sym(number))
    }

    /// Takes over every text of another table. What each number of that table is in this one, by [`Sym::index`].
    ///
    /// # Panics
    /// As [`intern`](Self::intern).
    pub fn absorb(&mut self, other: &Self) -> Vec<Sym> {
        (0..other.ends.len()).map(|number| self.intern(slice(&other.arena, &other.ends, number as u32))).collect()
    }

    /// How many bytes the texts take together: less than 4 GiB.
    pub fn bytes(&self) -> usize {
        self.arena.len()
    }

    /// How many texts there are, the empty one included.
    pub fn count(&self) -> usize {
        self.ends.len()
    }

    /// The text of a number that this table gave out.
    pub fn text(&self, sym: Sym) -> &str {
        slice(&self.arena, &self.ends, sym.0)
    }
}

fn slice<'a>(arena: &'a str, ends: &[u32], number: u32) -> &'a str {
    let number = number as usize;
    let start = if number == 0 { 0 } else { ends[number - 1] as usize };
    &arena[start..ends[number] as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_has_one_number_and_comes_back_whole() {
        let mut symbols = Symbols::default();
        let anna = symbols.intern("anna");
        let bert = symbols.intern("bérangère");
        assert_eq!(symbols.intern("anna"), anna);
        assert_ne!(anna, bert);
        assert_eq!(symbols.text(bert), "bérangère");
        assert_eq!(symbols.text(Sym::NONE), "");
        assert_eq!(symbols.find("nobody"), None);
        for number in 0..10_000 {
            symbols.intern(&format!("user{number}"));
        }
        assert_eq!(symbols.text(symbols.find("user9999").expect("interned")), "user9999");
        assert_eq!(symbols.text(anna), "anna");
    }

    #[test]
    fn an_absorbed_table_keeps_its_texts_under_new_numbers() {
        let (mut ours, mut theirs) = (Symbols::default(), Symbols::default());
        let anna = ours.intern("anna");
        let (their_bert, their_anna) = (theirs.intern("bert"), theirs.intern("anna"));
        let numbers = ours.absorb(&theirs);
        assert_eq!(numbers[their_anna.index()], anna);
        assert_eq!(ours.text(numbers[their_bert.index()]), "bert");
        assert_eq!(numbers[Sym::NONE.index()], Sym::NONE);
    }
}
