"use strict";

// Figures of any span of days, out of counts by day. A day is its number from the first one on;
// spans include both ends. Nothing here touches the page.

const data = JSON.parse(document.getElementById("data").textContent);

const MS_OF_DAY = 86_400_000;
const DAYS_AS_BARS = 92;
const DAYS_WITHOUT_YEAR = 300;
const COHORTS_AT_LEAST = 8;
const COHORTS_AT_MOST = 26;
const LATER_WEEKS = 12;

const dayCount = data.runs.length;
const unloaded = new Set(data.unloaded);

const dateOf = (day) => new Date(Date.parse(data.first) + day * MS_OF_DAY);
const dayOf = (isoDate) => Math.round((Date.parse(isoDate) - Date.parse(data.first)) / MS_OF_DAY);
const weekdayOf = (day) => (dateOf(day).getUTCDay() + 6) % 7;
const daysOf = ({ first, last }) => Array.from({ length: last - first + 1 }, (_, n) => first + n);
const percent = (part, whole) => (whole ? (100 * part) / whole : null);

function sum(counts, { first, last }) {
  let total = 0;
  for (let day = first; day <= last; day++) total += counts[day];
  return total;
}

// A student counts on the day of the span whose previous active day lies before the span.
function studentsOf(span) {
  let students = 0;
  for (const day of daysOf(span)) {
    const row = data.returning[day];
    for (let n = 0; n < row.length; n += 2) {
      if (row[n] === 0 || day - row[n] < span.first) students += row[n + 1];
    }
  }
  return students;
}

function totalsOf(span) {
  const [runs, submits, correct] = [data.runs, data.submits, data.correct].map((c) => sum(c, span));
  const days = daysOf(span);
  const missing = days.filter((day) => unloaded.has(day)).length;
  const loaded = days.length - missing;
  const daily = days.reduce((total, day) => total + studentsOf({ first: day, last: day }), 0);
  return {
    runs, submits, correct, missing,
    attempts: runs + submits,
    students: studentsOf(span),
    success: percent(correct, submits),
    runsPerSubmit: submits ? runs / submits : null,
    studentsADay: loaded ? daily / loaded : null,
  };
}

// The span of equal length before, if all of its days are known.
function spanBefore({ first, last }) {
  const before = { first: first - (last - first + 1), last: first - 1 };
  return before.first >= 0 && !daysOf({ first: before.first, last }).some((day) => unloaded.has(day))
    ? before
    : null;
}

// What a bar stands for: a day, or in a long span the days of it that fall into one week.
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

function attemptsByHour(span) {
  const byHour = Array.from({ length: 24 }, () => Array(7).fill(0));
  for (const day of daysOf(span)) {
    data.hours[day].forEach((attempts, hour) => { byHour[hour][weekdayOf(day)] += attempts; });
  }
  return byHour;
}

function tasksOf(span) {
  const found = new Map();
  for (const day of daysOf(span)) {
    const row = data.taskDays[day];
    for (let n = 0; n < row.length; n += 4) {
      const [number, attempts, submits, correct] = row.slice(n, n + 4);
      const task = found.get(number) ?? { attempts: 0, submits: 0, correct: 0 };
      task.attempts += attempts;
      task.submits += submits;
      task.correct += correct;
      found.set(number, task);
    }
  }
  const shown = (number, more = {}) => {
    const [course, name] = data.tasks[number];
    const task = found.get(number);
    return { course, name, ...task, success: percent(task.correct, task.submits), ...more };
  };
  const counted = countedInSql(span);
  if (counted) {
    return counted.map(([number, students, firstTry, median]) => shown(number, { students, firstTry, median }));
  }
  const hasFew = (task) => task.submits < data.fewSubmits;
  return [...found.keys()].map((number) => shown(number)).sort((one, other) => hasFew(one) - hasFew(other)
    || (one.success ?? 101) - (other.success ?? 101)
    || other.submits - one.submits);
}

// What days cannot be added up to is known for some spans up to the last day, hardest task first.
function countedInSql({ first, last }) {
  return last === dayCount - 1 ? data.taskSpans[last - first + 1] : undefined;
}

function cohortsOf({ first, last }) {
  const begun = data.cohorts
    .map(([monday, ...weeks]) => ({ monday: dayOf(monday), weeks }))
    .filter(({ monday }) => monday <= last);
  const within = begun.filter(({ monday }) => monday + 6 >= first);
  const shown = begun.slice(-Math.min(COHORTS_AT_MOST, Math.max(COHORTS_AT_LEAST, within.length)));
  return shown.map(({ monday, weeks }) => {
    const active = Array(Math.min(LATER_WEEKS, Math.floor((last - monday) / 7)) + 1).fill(0);
    for (let n = 0; n < weeks.length; n += 2) {
      if (weeks[n] < active.length) active[weeks[n]] = weeks[n + 1];
    }
    return { monday, active };
  });
}
