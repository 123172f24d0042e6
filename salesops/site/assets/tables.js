// Tables that sort and filter; without this script they are plain tables in a sensible order.
document.querySelectorAll("table.so-sortable").forEach(function (table) {
  if (table.tBodies[0].rows.length < 2) return;
  new DataTable(table, {
    paging: false,
    info: false,
    order: [],
    autoWidth: false,
    searching: table.tBodies[0].rows.length > 5,
    layout: { topStart: "search", topEnd: null, bottomStart: null, bottomEnd: null },
    language: { search: "Filter:", zeroRecords: "No row matches." },
  });
});
