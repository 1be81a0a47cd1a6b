// Numbers, days and sentences as the page's language writes them.

const words = data.words;

const numbers = (digits) => new Intl.NumberFormat(words.locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
const dates = (parts) => new Intl.DateTimeFormat(words.locale, { timeZone: "UTC", ...parts });
const NONE = "—";

const whole = numbers(0);
const tenths = numbers(1);
const compact = new Intl.NumberFormat(words.locale, { notation: "compact", maximumFractionDigits: 1 });
const signed = new Intl.NumberFormat(words.locale, { maximumFractionDigits: 1, signDisplay: "exceptZero" });
const shortDay = dates({ day: "numeric", month: "short" });
const longDay = dates({ day: "numeric", month: "short", year: "numeric" });
const weekday = dates({ weekday: "short", day: "numeric", month: "short", year: "numeric" });

const told = (value, format) => (value === null || value === undefined ? NONE : format.format(value));
const toldPercent = (value) => (value === null || value === undefined ? NONE : `${tenths.format(value)} %`);
const isoDate = (day) => dateOf(day).toISOString().slice(0, 10);

// "{name} and {other}" with its blanks filled.
const filled = (sentence, blanks) => sentence.replace(/\{(\w+)\}/g, (_, name) => blanks[name]);

function toldBucket({ first, last }, format = shortDay) {
  return first === last ? format.format(dateOf(first)) : format.formatRange(dateOf(first), dateOf(last));
}

// A bucket's name where there is room for all of it.
function fullName(bucket, missing) {
  const name = toldBucket(bucket, bucket.first === bucket.last ? weekday : longDay);
  return missing ? `${name} (${words.not_loaded}: ${missing})` : name;
}

function toldChange(now, before, isPercent) {
  const days = whole.format(now.days);
  if (isPercent) return filled(words.change_points, { change: signed.format(now.value - before), days });
  return filled(words.change, { change: `${signed.format((100 * (now.value - before)) / before)} %`, days });
}
