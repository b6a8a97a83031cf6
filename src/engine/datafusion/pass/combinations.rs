//! Numbers the combinations of dimensions' values that occur, so that what is accumulated stands in dense arrays. Knows
//! numbers only.

use rustc_hash::FxHashMap;

/// Up to so many bits of a combination, a table is faster than a map.
const TABLE_BITS: u32 = 20;
/// As many combinations as are told apart at the most.
pub const MOST: usize = 1 << 18;
const NONE: u32 = u32::MAX;

/// The combinations so far.
#[derive(Debug, Default)]
pub struct Combinations {
    dimensions: usize,
    /// Of each dimension's number in a key.
    bits: Vec<u32>,
    table: Vec<u32>,
    map: FxHashMap<u64, u32>,
    /// The numbers of the dimensions' values, combination after combination.
    codes: Vec<u32>,
    count: usize,
}

/// There are too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany;

impl Combinations {
    /// Of so many dimensions.
    pub fn new(dimensions: usize) -> Self {
        let mut new = Self { dimensions, bits: vec![0; dimensions], ..Self::default() };
        new.table = vec![NONE; 1];
        new
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Bytes that it takes, roughly.
    pub fn bytes(&self) -> usize {
        (self.table.len() + self.codes.len()) * 4 + self.map.capacity() * 17
    }

    /// The values' numbers of one.
    pub fn codes(&self, id: usize) -> &[u32] {
        &self.codes[id * self.dimensions..(id + 1) * self.dimensions]
    }

    /// Makes room for dimensions of so many values.
    ///
    /// # Errors
    /// Where a key would be longer than 63 bits.
    pub fn widen(&mut self, sizes: &[usize]) -> Result<(), TooMany> {
        let needed = |size: usize| usize::BITS - size.saturating_sub(1).leading_zeros();
        if self.bits.iter().zip(sizes).all(|(bits, size)| *bits >= needed(*size)) {
            return Ok(());
        }
        for (bits, size) in self.bits.iter_mut().zip(sizes) {
            // One bit to spare, so that a dimension that grows doesn't widen the key each time.
            if *bits < needed(*size) {
                *bits = needed(*size) + u32::from(*size > 8);
            }
        }
        let all: u32 = self.bits.iter().sum();
        if all > 63 {
            return Err(TooMany);
        }
        self.table = if all <= TABLE_BITS { vec![NONE; 1 << all] } else { Vec::new() };
        self.map.clear();
        for id in 0..self.count {
            let key = self.key(self.codes(id));
            self.put(key, id as u32);
        }
        Ok(())
    }

    fn key(&self, codes: &[u32]) -> u64 {
        codes.iter().zip(&self.bits).fold(0, |key, (code, bits)| key << bits | u64::from(*code))
    }

    fn put(&mut self, key: u64, id: u32) {
        match self.table.get_mut(key as usize) {
            Some(place) => *place = id,
            None => _ = self.map.insert(key, id),
        }
    }

    /// The number of one combination; [`Combinations::widen`] comes first.
    ///
    /// # Errors
    /// Where there are more than [`MOST`].
    pub fn id(&mut self, codes: &[u32]) -> Result<u32, TooMany> {
        let key = self.key(codes);
        let known = match self.table.get(key as usize) {
            Some(id) => Some(*id).filter(|id| *id != NONE),
            None => self.map.get(&key).copied(),
        };
        known.map_or_else(|| self.add(key, codes), Ok)
    }

    fn add(&mut self, key: u64, codes: &[u32]) -> Result<u32, TooMany> {
        if self.count >= MOST {
            return Err(TooMany);
        }
        let id = self.count as u32;
        self.codes.extend_from_slice(codes);
        self.count += 1;
        self.put(key, id);
        Ok(id)
    }

    /// The numbers of a batch's combinations: `columns` holds each dimension's numbers, one a row.
    ///
    /// # Errors
    /// Where there are too many.
    pub fn ids(&mut self, columns: &[Vec<u32>], rows: usize, ids: &mut Vec<u32>) -> Result<(), TooMany> {
        ids.clear();
        let mut keys: Vec<u64> = vec![0; rows];
        for (column, bits) in columns.iter().zip(&self.bits) {
            match column.is_empty() {
                true => keys.iter_mut().for_each(|key| *key <<= bits),
                false => keys.iter_mut().zip(column).for_each(|(key, code)| *key = *key << bits | u64::from(*code)),
            }
        }
        let mut codes = vec![0; columns.len()];
        ids.reserve(rows);
        for (row, key) in keys.into_iter().enumerate() {
            let known = match self.table.get(key as usize) {
                Some(id) => *id,
                None => self.map.get(&key).copied().unwrap_or(NONE),
            };
            ids.push(match known {
                NONE => {
                    let own = columns.iter().map(|c| c.get(row).copied().unwrap_or(0));
                    codes.iter_mut().zip(own).for_each(|(code, own)| *code = own);
                    self.add(key, &codes)?
                }
                id => id,
            });
        }
        Ok(())
    }
}
