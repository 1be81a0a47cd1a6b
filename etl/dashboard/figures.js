"use strict";

// Computes figures of any span of days, of all courses or of one, from counts by day. A day is its
// number from the first one on; spans include both ends. Nothing here touches the page.

const data = JSON.parse(document.getElementById("data").textContent);

const MS_OF_DAY = 86_400_000;
const DAYS_AS_BARS = 92;
const DAYS_WITHOUT_YEAR = 300;
const COHORTS_AT_LEAST = 8;
const COHORTS_AT_MOST = 26;

const dayCount = data.days;
const unloaded = new Set(data.unloaded);

const dateOf = (day) => new Date(Date.parse(data.first) + day * MS_OF_DAY);
const dayOf = (isoDate) => Math.round((Date.parse(isoDate) - Date.parse(data.first)) / MS_OF_DAY);
const weekdayOf = (day) => (dateOf(day).getUTCDay() + 6) % 7;
const monthOf = (day) => dateOf(day).getUTCFullYear() * 12 + dateOf(day).getUTCMonth();
const isFirstOfMonth = (day) => day === 0 || monthOf(day) !== monthOf(day - 1);
const lengthOf = ({ first, last }) => last - first + 1;
const daysOf = (span) => Array.from({ length: lengthOf(span) }, (_, n) => span.first + n);
const percent = (part, whole) => (whole ? (100 * part) / whole : null);

// The digits of lists of counts that data.py has packed.
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

const hours = unpacked(data.hours);
const cohorts = unpacked(data.cohorts);

// The counts of all courses or of one, unpacked into one place for each day.
function unpackedScope(scope) {
  const placed = (text, width = 1) => {
    const counts = new Uint32Array(dayCount * width);
    counts.set(unpacked(text), scope.firstDay * width);
    return counts;
  };
  const { daily, months } = scope;
  return {
    ...scope,
    runs: placed(scope.runs),
    submits: placed(scope.submits),
    correct: placed(scope.correct),
    lastSeen: placed(scope.lastSeen),
    daily: { width: daily.width, students: placed(daily.students), returning: placed(daily.returning, daily.width) },
    months: months && { width: months.width, students: unpacked(months.students), returning: unpacked(months.returning) },
  };
}

function sum(counts, { first, last }) {
  let total = 0;
  for (let n = first; n <= last; n++) total += counts[n];
  return total;
}

// The number of different students: each counts on their first active day (or month) in the span.
function differentStudents({ width, students, returning }, { first, last }) {
  let total = 0;
  for (let n = first; n <= last; n++) {
    total += students[n];
    for (let since = 1; since <= Math.min(width, n - first); since++) total -= returning[n * width + since - 1];
  }
  return total;
}

// The number of different students; null where the page's counts do not suffice.
function studentsOf(scope, span) {
  const { first, last } = span;
  const days = lengthOf(span);
  if (days <= scope.exactDays) return differentStudents(scope.daily, span);
  if (last === dayCount - 1) return sum(scope.lastSeen, span);
  if (last === dayCount - 1 - days && scope.before && days in scope.before) return scope.before[days];
  if (!scope.months || !isFirstOfMonth(first) || !isFirstOfMonth(last + 1)) return null;
  const month = (day) => monthOf(day) - monthOf(0);
  return differentStudents(scope.months, { first: month(first), last: month(last) });
}

function totalsOf(scope, span) {
  const [runs, submits, correct] = [scope.runs, scope.submits, scope.correct].map((counts) => sum(counts, span));
  const missing = daysOf(span).filter((day) => unloaded.has(day)).length;
  const loaded = lengthOf(span) - missing;
  return {
    runs, submits, correct, missing,
    attempts: runs + submits,
    students: studentsOf(scope, span),
    success: percent(correct, submits),
    runsPerSubmit: submits ? runs / submits : null,
    studentsADay: loaded ? sum(scope.daily.students, span) / loaded : null,
  };
}

// The span of equal length before; null unless all of its days are loaded.
function spanBefore({ first, last }) {
  const before = { first: first - (last - first + 1), last: first - 1 };
  const isLoaded = !daysOf({ first: before.first, last }).some((day) => unloaded.has(day));
  return before.first >= 0 && isLoaded ? before : null;
}

// The days of each bar: one day, or in a long span those of its days that fall into one week.
function bucketsOf(span) {
  const days = daysOf(span);
  if (days.length <= DAYS_AS_BARS) return days.map((day) => ({ first: day, last: day }));
  const weeks = [];
  for (const day of days) {
    if (!weeks.length || weekdayOf(day) === 0) weeks.push({ first: day, last: day });
    else weeks.at(-1).last = day;
  }
  return weeks;
}

// Attempts by hour and weekday; null for a weekday of which the span has no loaded day.
function attemptsByHour(span) {
  const byHour = Array.from({ length: 24 }, () => Array(7).fill(null));
  for (const day of daysOf(span)) {
    const ofDay = hours.slice(24 * day, 24 * day + 24);
    if (unloaded.has(day) && !ofDay.some(Boolean)) continue;
    ofDay.forEach((attempts, hour) => { byHour[hour][weekdayOf(day)] += attempts; });
  }
  return byHour;
}

// The tasks as objects, hardest first, as PostgreSQL has put them.
function unpackedTasks(text) {
  const counts = unpacked(text);
  const part = (value, of) => (value ? (value - 1) / of : null);
  return Array.from({ length: counts.length / 7 }, (_, row) => {
    const [number, students, firstTry, success, median, attempts, submits] = counts.slice(7 * row, 7 * row + 7);
    const [course, name] = data.tasks[number];
    return { course, name, students, firstTry: part(firstTry, 100), success: part(success, 100), median: part(median, 2), attempts, submits };
  });
}

// The span for which figures of tasks are shown. They cannot be added up from days, but are known
// for some spans up to the last day: the shortest that holds all of the given one.
function spanOfTasks({ first }) {
  const days = Object.keys(data.taskSpans).map(Number).sort((one, other) => one - other).find((known) => known >= dayCount - first);
  return { first: dayCount - days, last: dayCount - 1 };
}

function tasksOf(scope, span) {
  return unpackedTasks(data.taskSpans[lengthOf(spanOfTasks(span))]).filter(({ course }) => scope.course === undefined || course === scope.course);
}

function cohortsOf({ first, last }) {
  const begun = [];
  for (let n = 0, monday = data.firstMonday; n < cohorts.length && monday <= last; n += data.cohortWeeks, monday += 7) {
    if (cohorts[n]) begun.push({ monday, active: cohorts.slice(n, n + Math.min(data.cohortWeeks, Math.floor((last - monday) / 7) + 1)) });
  }
  const within = begun.filter(({ monday }) => monday + 6 >= first);
  return begun.slice(-Math.min(COHORTS_AT_MOST, Math.max(COHORTS_AT_LEAST, within.length)));
}
