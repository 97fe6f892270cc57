/** The page around it all: one HTML document with its style, no script, and nothing from anywhere else. */
import { createHash } from 'node:crypto';
import { Html, markup } from './markup.ts';

export type Say = (key: string, values?: Readonly<Record<string, string | number>>) => string;

/** Letters that a phone of 360 pixels shows whole, and that are read from some steps away on a large screen. */
const style = `
:root{color-scheme:light dark;--ink:#1a1f24;--paper:#fff;--quiet:#55606a;--line:#c3cad1;--do:#0b5a73;--on:#fff;--bad:#a3200d;--soft:#eef3f5}
@media (prefers-color-scheme:dark){:root{--ink:#eef1f3;--paper:#14181b;--quiet:#b0bac2;--line:#48525a;--do:#7fd0e6;--on:#0b1a20;--bad:#ff9c8a;--soft:#20282d}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1.125rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
header,main,footer{max-width:46rem;margin:0 auto;padding:1rem}
header,footer{display:flex;flex-wrap:wrap;gap:.75rem;align-items:center;justify-content:space-between}
footer{border-top:1px solid var(--line);margin-top:2rem}
h1,h2{font-size:1.35em;line-height:1.25;margin:.5rem 0 1rem}
.heard{position:absolute;width:1px;height:1px;margin:0;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
p{margin:0 0 1rem}
.text{white-space:pre-line}
.text span{display:block}.text span+span{margin-top:.5em}
.quiet,small{color:var(--quiet);font-size:.875em}.field small,fieldset small{display:block;margin-bottom:.5rem}.field label small{display:inline}
.bad{color:var(--bad);font-weight:600}
.note{border-left:.3rem solid var(--do);background:var(--soft);padding:.75rem 1rem}
blockquote{margin:0 0 1rem;padding:.5rem 1rem;border-left:.3rem solid var(--line);white-space:pre-line}
section+section{border-top:1px solid var(--line);padding-top:1rem}
dl{margin:0 0 1rem}dt{color:var(--quiet)}dd{margin:0 0 .5rem;white-space:pre-line}
ul{list-style:none;margin:0 0 1rem;padding:0}li{border:1px solid var(--line);border-radius:.5rem;padding:1rem;margin-bottom:.75rem}
table{border-collapse:collapse;margin-bottom:1rem}th,td{border:1px solid var(--line);padding:.4rem .6rem;text-align:left}
.wide{overflow-x:auto}
progress{width:100%;height:.75rem;accent-color:var(--do)}
form{margin:0}
.press{margin-bottom:.75rem}footer .press{margin:0}
button,input,select,textarea{font:inherit;color:inherit;min-height:3.25rem;border-radius:.5rem;border:2px solid var(--line);background:var(--paper);padding:.6rem 1rem}
button{cursor:pointer;border-color:var(--do);color:var(--do);font-weight:600}
main button{width:100%;text-align:left}
button.primary{background:var(--do);color:var(--on)}
button.danger{border-color:var(--bad);color:var(--bad)}
input,select,textarea{width:100%}
input.code{font-family:ui-monospace,monospace;font-size:1.4rem;letter-spacing:.08em;text-transform:uppercase}
textarea{min-height:8rem}
fieldset{border:0;margin:0 0 1rem;padding:0}legend,label{font-weight:600;display:block;margin-bottom:.25rem}
label.pick{display:flex;gap:.75rem;align-items:center;min-height:3.25rem;font-weight:400}
label.pick input{width:1.5rem;min-height:1.5rem;flex:none}
.field{margin-bottom:1rem}
:focus-visible{outline:.25rem solid var(--do);outline-offset:.15rem}
@media (min-width:60rem){body{font-size:1.375rem}}
`;
const styleHash = createHash('sha256').update(style).digest('base64');

/** Nothing is loaded, nothing runs, nobody frames it, and a form goes nowhere but here. */
export const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // With «no-referrer» browsers would send no origin either, by which we know a form of ours.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
} as const;

export interface Page {
  language: string;
  title: string;
  main: Html;
  header?: Html;
  footer?: Html;
  /** After so many seconds it goes there by itself. */
  goes?: { after: number; to: string };
}

export function pageText({ language, title, main, header, footer, goes }: Page): string {
  const refresh =
    goes === undefined ? null : markup`<meta http-equiv="refresh" content="${goes.after}; url=${goes.to}">`;
  return markup`<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="format-detection" content="telephone=no, date=no, address=no, email=no"><meta name="robots" content="noindex">${refresh}<title>${title}</title>${new Html(`<style>${style}</style>`)}</head>
<body>${header === undefined ? null : markup`<header>${header}</header>`}
<main>${main}</main>
${footer === undefined ? null : markup`<footer>${footer}</footer>`}</body></html>
`.text;
}
