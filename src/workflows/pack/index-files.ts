/** What a pack says of itself: where to begin, and what is in it. */
import type { PackChoices } from '../../isms/pack/pack.ts';

export interface Listed {
  path: string;
  what: string;
  sha256: string;
  size: number;
}
export interface Withheld {
  path: string;
  what: string;
  sha256: string;
  why: string;
}

export interface About {
  listed: readonly Listed[];
  withheld: readonly Withheld[];
  choices: PackChoices;
  /** Who took it. */
  by: string;
  at: Date;
  /** Of the audit log: number and hash of its last entry, and its time. */
  head: string;
  last: string;
}

const upToInWords = {
  public: 'public',
  internal: 'internal',
  confidential: 'confidential',
  strict: 'of any classification',
};

/** What was chosen, a sentence each. */
export function choicesInWords({ names, scores, selfAssessments, upTo }: PackChoices): string[] {
  return [
    names === 'kept' ? 'Names are as they are.' : 'Names are replaced: «Person 12» is the same person everywhere, and person:12 in the audit log. Words that look like a name of somebody are replaced too.',
    scores ? 'Scores are in it.' : 'Scores are left out.',
    selfAssessments ? 'Self-assessments are in it.' : 'Self-assessments are left out.',
    names === 'replaced' ? 'Files of evidence are left out, since they may hold names.' : upTo === 'strict' ? 'Files of evidence are in it, whatever their classification.' : `Files of evidence are in it up to «${upToInWords[upTo]}»; what says nothing of itself counts as internal.`,
  ];
} // prettier-ignore

export function readmeText({ listed, withheld, choices, by, at, head, last }: About): string {
  const folder = (name: string) => listed.filter(({ path }) => path.startsWith(`${name}/`)).length;
  return `AUDITOR'S PACK

Taken ${at.toISOString().slice(0, 16).replace('T', ' ')} UTC by ${by}, with Isma.

What was chosen
${choicesInWords(choices)
  .map((each) => `  - ${each}`)
  .join('\n')}

What is in it
  index.html    everything in a list, to be opened in a browser; index.csv is the same for a spreadsheet
  registers/    ${folder('registers')} registers: Statement of Applicability, findings and actions, acknowledgements, training, ...
  reports/      ${folder('reports')} reports as Word files: Statement of Applicability, audits, reviews, ...
  histories/    ${folder('histories')} files: what happened to each record, oldest first
  evidence/     list.csv names every piece with its SHA-256; ${folder('evidence') - 1} files lie beside it, each in a folder of its record
  audit-log/    every change ever made, with its chain of hashes (last entry ${head.split(':')[0] ?? ''}, ${last})
  withheld.csv  ${withheld.length} lines: what is not in it, and why

How to check it
  VERIFY.txt says how, with no more than a computer has; verify.py does it.
  Compare the SHA-256 of SHA256SUMS with the one that you were told when the pack was made.
`;
}

export function indexPage({ listed, withheld, at }: About): string {
  const row = ({ path, what, sha256, size }: Listed) =>
    `<tr><td><a href="${path.split('/').map(encodeURIComponent).join('/')}">${html(path)}</a></td><td>${html(what)}</td><td>${size}</td><td><code>${sha256}</code></td></tr>`;
  const kept = ({ path, what, why }: Withheld) => `<tr><td>${html(path)}</td><td>${html(what)}</td><td colspan="2">${html(why)}</td></tr>`; // prettier-ignore
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Auditor's pack</title>
<style>body{font:15px/1.5 system-ui,sans-serif;margin:2rem}td,th{text-align:left;padding:.2rem .8rem .2rem 0;vertical-align:top}code{font-size:.8em;color:#666}</style>
<h1>Auditor's pack</h1>
<p>Taken ${at.toISOString().slice(0, 16).replace('T', ' ')} UTC. Begin with <a href="README.txt">README.txt</a>; <a href="VERIFY.txt">VERIFY.txt</a> says how to check it.</p>
<h2>In it</h2>
<table><tr><th>File</th><th>What it is</th><th>Bytes</th><th>SHA-256</th></tr>
${listed.map(row).join('\n')}
</table>
<h2>Not in it</h2>
${withheld.length === 0 ? '<p>Nothing was kept back.</p>' : `<table><tr><th>File</th><th>What it is</th><th colspan="2">Why</th></tr>\n${withheld.map(kept).join('\n')}\n</table>`}
</html>
`;
}

function html(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
