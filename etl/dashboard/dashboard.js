// The period that is shown: chosen by length or by its days, and everything drawn anew for it.

const form = document.querySelector(".period");
const { first: firstInput, last: lastInput, span: spanInputs } = form.elements;
let shown = null;

function drawActivity(span) {
  const buckets = bucketsOf(span);
  const isDaily = span.last - span.first < DAYS_AS_BARS;
  const named = span.last - span.first > DAYS_WITHOUT_YEAR ? month : shortDay;
  const points = buckets.map((bucket) => {
    const totals = totalsOf(bucket);
    const days = bucket.last - bucket.first + 1;
    const isMissing = totals.missing === days && !totals.attempts;
    const isHatched = totals.missing > 0 || (!isDaily && days < 7);
    return { ...totals, isMissing, isHatched, label: named.format(dateOf(bucket.first)), name: fullName(bucket, totals.missing) };
  });
  const by = isDaily ? words.by_day : words.by_week;
  drawChart("attempts", words.attempts_by, points, by);
  drawChart("students", words.students_by, points, by);
  drawChart("success", words.success_by, points, by);
  const columns = {
    attempts: [[words.attempts, "attempts"], [words.runs, "runs"], [words.submits, "submits"]],
    students: [[words.students, "students"]],
    success: [[words.success, "success"], [words.correct, "correct"], [words.submits, "submits"]],
  };
  for (const [name, shownColumns] of Object.entries(columns)) {
    const cell = (point, key) => (point.isMissing ? NONE : key === "success" ? toldPercent(point[key]) : whole.format(point[key]));
    const rows = points.map((point) => [header(point.name, "row"), ...shownColumns.map(([, key]) => element("td", {}, cell(point, key)))]);
    const titles = [isDaily ? words.date : words.week, ...shownColumns.map(([title]) => title)];
    document.querySelector(`#${name} .wide`).replaceChildren(table(words[`${name}_by`], titles, rows));
  }
}

function show(span) {
  shown = span;
  firstInput.value = isoDate(span.first);
  lastInput.value = isoDate(span.last);
  for (const input of spanInputs.length ? spanInputs : [spanInputs]) {
    input.checked = span.last === dayCount - 1 && spanOf(input.value).first === span.first;
  }
  drawCards(span);
  drawActivity(span);
  drawHours(span);
  drawTasks(span);
  drawRetention(span);
  const blanks = { first: longDay.format(dateOf(span.first)), last: longDay.format(dateOf(span.last)), days: whole.format(span.last - span.first + 1) };
  tell(filled(words.shown, blanks));
}

function spanOf(value) {
  return { first: value === "all" ? 0 : Math.max(0, dayCount - Number(value)), last: dayCount - 1 };
}

function tell(sentence, isWrong = false) {
  const line = document.getElementById("shown");
  line.textContent = sentence;
  line.classList.toggle("wrong", isWrong);
  for (const input of [firstInput, lastInput]) input.setAttribute("aria-invalid", isWrong);
}

function showChosenDays() {
  const span = { first: dayOf(firstInput.value), last: dayOf(lastInput.value) };
  // An empty or half-typed date is NaN, which is in no order.
  if (span.first >= 0 && span.first <= span.last && span.last < dayCount) show(span);
  else tell(filled(words.wrong_dates, { first: longDay.format(dateOf(0)), last: longDay.format(dateOf(dayCount - 1)) }), true);
}

form.addEventListener("change", ({ target }) => {
  if (target.name === "span") show(spanOf(target.value));
  else showChosenDays();
});
form.addEventListener("submit", (event) => event.preventDefault());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawActivity(shown));
["attempts", "students", "success"].forEach(readByKeys);
show(spanOf(dayCount > 28 ? "28" : "all"));
