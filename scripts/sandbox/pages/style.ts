/** The look of all pages of the sandbox: plain paper, dashed so that nobody takes it for a real payment page. */
export const STYLE = `
:root { color-scheme: light dark;
  --paper: #f7f6f3; --sheet: #ffffff; --ink: #1f2023; --soft: #5b5d63; --line: #d9d8d3; --act: #1d4f91; --act-ink: #ffffff;
  --bad: #a02c20; --bad-paper: #fbeeec; --good: #1b6447; --note: #6b4a00; --note-paper: #fff4d6; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #151618; --sheet: #1e2023; --ink: #ecebe7; --soft: #a9abb0; --line: #3a3c41; --act: #9cc2f5; --act-ink: #10233d;
  --bad: #f2a79e; --bad-paper: #3a211e; --good: #8fd4b5; --note: #f0d48a; --note-paper: #352c14; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
.banner { background: var(--note-paper); color: var(--note); border-bottom: 2px dashed currentColor; padding: 8px 16px; text-align: center; font-weight: 600; }
main { max-width: 720px; margin: 0 auto; padding: 24px 16px 64px; }
main.narrow { max-width: 480px; }
h1 { font-size: 24px; line-height: 1.2; margin: 8px 0 16px; overflow-wrap: anywhere; }
h2 { font-size: 17px; margin: 32px 0 8px; }
p { margin: 8px 0; }
.soft { color: var(--soft); font-size: 14px; }
.sum { font-size: 32px; font-weight: 600; font-variant-numeric: tabular-nums; margin: 0 0 16px; }
a { color: var(--act); }
table { width: 100%; border-collapse: collapse; font-size: 15px; }
th, td { text-align: left; vertical-align: top; padding: 8px 8px 8px 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { font-weight: 600; }
.amount { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; padding-right: 0; }
.amount:not(:last-child) { padding-right: 16px; }
.mono { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 14px; }
form.card { display: grid; grid-template-columns: 1fr 1fr; gap: 16px; margin-top: 24px; }
.field { grid-column: 1 / -1; min-width: 0; }
.field.half { grid-column: span 1; }
label { display: block; font-weight: 600; font-size: 14px; margin-bottom: 4px; }
input, select { width: 100%; min-height: 44px; padding: 8px 10px; font: inherit; color: inherit; background: var(--sheet); border: 1px solid var(--soft); border-radius: 6px; }
input[aria-invalid="true"] { border: 2px solid var(--bad); }
.wrong { color: var(--bad); font-size: 14px; margin: 4px 0 0; }
.alert { border: 1px solid var(--bad); background: var(--bad-paper); color: var(--bad); border-radius: 6px; padding: 12px 14px; margin: 16px 0; }
.alert h2 { margin: 0 0 4px; font-size: 16px; }
.alert p { margin: 0; }
button { min-height: 44px; padding: 8px 18px; font: inherit; font-weight: 600; color: var(--act-ink); background: var(--act); border: 1px solid var(--act); border-radius: 6px; cursor: pointer; }
button.quiet { background: transparent; color: var(--act); }
fieldset { border: 0; padding: 0; margin: 0; }
legend { font-weight: 600; font-size: 14px; padding: 0; }
label.choice { display: flex; gap: 10px; align-items: center; min-height: 44px; font-weight: 400; font-size: 16px; }
label.choice input { width: 24px; min-height: 24px; }
form.card button { grid-column: 1 / -1; }
fieldset { border: 0; padding: 0; margin: 0; min-width: 0; }
legend { font-weight: 600; font-size: 14px; padding: 0; margin-bottom: 4px; }
label.choice { display: flex; gap: 10px; align-items: center; min-height: 44px; font-weight: 400; font-size: 16px; margin: 0; cursor: pointer; }
label.choice input { width: 20px; min-height: 20px; flex: none; margin: 0; accent-color: var(--act); }
fieldset label.choice { border-bottom: 1px solid var(--line); }
.ways { display: flex; flex-wrap: wrap; gap: 8px; list-style: none; padding: 0; margin: 24px 0 0; }
.ways a, .picker a { display: flex; align-items: center; min-height: 44px; padding: 4px 14px; border: 1px solid var(--line); border-radius: 6px; background: var(--sheet); text-decoration: none; }
.ways a[aria-current] { border: 2px solid var(--act); font-weight: 600; }
.picker { list-style: none; padding: 0; display: grid; gap: 8px; }
.mandate { grid-column: 1 / -1; border-left: 3px solid var(--line); padding-left: 12px; font-size: 14px; }
.mandate h2 { margin: 0; font-size: 14px; }
form.row { display: flex; flex-wrap: wrap; gap: 8px; align-items: end; margin: 8px 0; }
form.row > div { flex: 1 1 130px; }
:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
details { margin-top: 24px; border-top: 1px solid var(--line); padding-top: 12px; }
summary { cursor: pointer; font-weight: 600; min-height: 24px; }
iframe { width: 100%; min-height: 640px; border: 1px solid var(--line); border-radius: 6px; background: #ffffff; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; background: var(--sheet); border: 1px solid var(--line); border-radius: 6px; padding: 16px; margin: 8px 0; }
.back { display: inline-block; padding: 8px 0; }
@media (max-width: 400px) { form.card { gap: 12px; } .sum { font-size: 28px; } }
`
