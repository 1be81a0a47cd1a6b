"use strict";

// Lists of counts as packing.py writes them.

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const MORE = 32;

function unpacked(text) {
  const counts = [];
  let count = 0;
  let weight = 1;
  for (const digit of text) {
    const value = DIGITS.indexOf(digit);
    count += (value % MORE) * weight;
    weight *= MORE;
    if (value >= MORE) continue;
    counts.push(count);
    count = 0;
    weight = 1;
  }
  return counts;
}
