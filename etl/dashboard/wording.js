// Numbers, days and sentences as the page's language writes them.

const words = data.words;

const numbers = (digits) => new Intl.NumberFormat(words.locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
const dates = (parts) => new Intl.DateTimeFormat(words.locale, { timeZone: "UTC", ...parts });
const NONE = "—";

const whole = numbers(0);
const tenths = numbers(1);
const compact = new Intl.NumberFormat(words.locale, { notation: "compact", maximumFractionDigits: 1 });
const rounded = new Intl.NumberFormat(words.locale, { notation: "compact", maximumSignificantDigits: 2 });
const signed = new Intl.NumberFormat(words.locale, { maximumFractionDigits: 1, signDisplay: "exceptZero" });
const shortDay = dates({ day: "numeric", month: "short" });
const month = dates({ month: "short", year: "2-digit" });
const longDay = dates({ day: "numeric", month: "short", year: "numeric" });
const weekday = dates({ weekday: "short", day: "numeric", month: "short", year: "numeric" });

const told = (value, format) => (value === null || value === undefined ? NONE : format.format(value));
const toldPercent = (value) => (value === null || value === undefined ? NONE : `${tenths.format(value)} %`);
const isoDate = (day) => dateOf(day).toISOString().slice(0, 10);

// A number for a CSV: no grouping, at most two decimals, the mark that spreadsheets of this language
// read. A text stays itself, and what is not known is empty.
const plain = (value) => (typeof value === "number" ? String(Math.round(100 * value) / 100).replace(".", words.decimal_mark) : value ?? "");

// "{name} and {other}" with its blanks filled.
const filled = (sentence, blanks) => sentence.replace(/\{(\w+)\}/g, (_, name) => blanks[name]);

const blanksOf = (span) => ({ first: longDay.format(dateOf(span.first)), last: longDay.format(dateOf(span.last)), days: whole.format(lengthOf(span)) });

function fullName({ first, last }, missing) {
  const name = first === last ? weekday.format(dateOf(first)) : longDay.formatRange(dateOf(first), dateOf(last));
  return missing ? `${name} (${words.not_loaded}: ${missing})` : name;
}

// A share changes by points, anything else by percent.
function toldChange(now, before, isShare) {
  return isShare
    ? `${signed.format(now - before)} ${words.points}`
    : `${signed.format((100 * (now - before)) / before)} %`;
}
