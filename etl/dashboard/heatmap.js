// The heat map of hours and weekdays; its colours are in dashboard.css, under .map.

// Two digits fit into a phone's cell; "12 тыс." does in two lines.
const short = (attempts) => (attempts < 1000 ? whole : rounded).format(attempts).replace("\u00A0", " ");

function drawHours(span) {
  const byHour = attemptsByHour(span);
  const most = Math.max(1, ...byHour.flat());
  const rows = byHour.map((row, hour) => [
    header(`${String(hour).padStart(2, "0")}:00`, "row"),
    ...row.map((attempts) => (attempts === null
      ? element("td", { "data-value": "" })
      : shaded("td", short(attempts), attempts / most, { "data-value": attempts }))),
  ]);
  const map = table(words.hours, [words.hour, ...words.weekdays], rows);
  map.className = "map";
  at("hours").replaceChildren(map);
}
