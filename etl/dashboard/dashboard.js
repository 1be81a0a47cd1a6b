// The period and the course that are shown, and everything drawn anew for them.

const form = document.querySelector(".period");
const { first: firstInput, last: lastInput, span: spanInputs, course: courseInput } = form.elements;
const scopes = new Map();
let shown = null;

// Unpacked when it is first asked for.
function chosenScope() {
  const value = courseInput?.value ?? "";
  if (!scopes.has(value)) scopes.set(value, unpackedScope(value ? data.courses[value] : data.everything));
  return scopes.get(value);
}

// Empty for all courses.
const courseName = () => data.courseNames[chosenScope().course] ?? "";

function pointsOf(scope, span, isDaily) {
  const named = lengthOf(span) > DAYS_WITHOUT_YEAR ? month : shortDay;
  return bucketsOf(span).map((bucket) => {
    const totals = totalsOf(scope, bucket);
    const days = lengthOf(bucket);
    const isMissing = totals.missing === days && !totals.attempts;
    const isHatched = totals.missing > 0 || (!isDaily && days < 7);
    return { ...totals, ...bucket, isMissing, isHatched, label: named.format(dateOf(bucket.first)), name: fullName(bucket, totals.missing) };
  });
}

function drawActivity(scope, span) {
  const isDaily = lengthOf(span) <= DAYS_AS_BARS;
  const points = pointsOf(scope, span, isDaily);
  const by = isDaily ? words.by_day : words.by_week;
  const columns = {
    attempts: [[words.attempts, "attempts"], [words.runs, "runs"], [words.submits, "submits"]],
    students: [[words.students, "students"]],
    success: [[words.success, "success"], [words.correct, "correct"], [words.submits, "submits"]],
  };
  for (const [name, shownColumns] of Object.entries(columns)) {
    drawChart(name, words[`${name}_by`], points, by);
    const figure = (point, key) => (point.isMissing ? cell(NONE, null) : cell(key === "success" ? toldPercent(point[key]) : whole.format(point[key]), point[key]));
    const rows = points.map((point) => [
      element("th", { scope: "row", "data-value": isoDate(point.first) }, point.name),
      unseenCell(isoDate(point.last)),
      unseenCell(point.missing),
      ...shownColumns.map(([, key]) => figure(point, key)),
    ]);
    const titles = [isDaily ? words.date : words.week, unseenHeader(words.last_day), unseenHeader(words.days_not_loaded), ...shownColumns.map(([title]) => title)];
    document.querySelector(`#${name} .wide`).replaceChildren(table(words[`${name}_by`], titles, rows));
  }
}

function show(span) {
  shown = span;
  const scope = chosenScope();
  firstInput.value = isoDate(span.first);
  lastInput.value = isoDate(span.last);
  for (const input of spanInputs.length ? spanInputs : [spanInputs]) {
    input.checked = span.last === dayCount - 1 && spanOf(input.value).first === span.first;
  }
  drawCards(scope, span);
  drawActivity(scope, span);
  drawHours(span);
  drawTasks(scope, span);
  drawRetention(span);
  for (const name of ["hours", "retention"]) at(`${name}-course`).hidden = scope.course === undefined;
  const course = courseInput ? ` · ${courseName() || words.all_courses}` : "";
  tell(filled(words.shown, blanksOf(span)) + course);
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
  else if (target.name === "course") show(shown);
  else showChosenDays();
});
form.addEventListener("submit", (event) => event.preventDefault());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawActivity(chosenScope(), shown));
["attempts", "students", "success"].forEach(readByKeys);
document.querySelectorAll("button[data-table]").forEach(saveByClick);
show(spanOf(dayCount > 28 ? "28" : "all"));
