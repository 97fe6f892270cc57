/** How secret a file says that it is: in its name, its first lines, its header, or the label that an office program keeps in it. */
import { readTexts } from '../../files/archive.ts';
import { levels, type Level } from '../../isms/pack/pack.ts';
import { words } from '../../language/vocabulary.ts';

const levelWords = words('pack/level');
const heading = words('pack/level heading');
/** Characters at the beginning of a text in which a mark is looked for. */
const beginning = 2_000;
/** Where Office keeps labels, what others call them, and what stands at the head and foot of each page. */
const officeParts =
  /^(?:docProps\/(?:custom|core|app)\.xml|docMetadata\/LabelInfo\.xml|word\/(?:header|footer)\d*\.xml)$/;
/** Characters of a PDF's ends, where what it says of itself stands. */
const ends = 256 * 1024;

/** The highest that it says anywhere; null where it says nothing. */
export async function classificationIn(fileName: string, bytes: Uint8Array): Promise<Level | null> {
  const found = [markIn(fileName.replace(/[_.-]+/g, ' ')), ...(await within(fileName, bytes))];
  return levels.findLast((level) => found.includes(level)) ?? null;
}

async function within(fileName: string, bytes: Uint8Array): Promise<(Level | null)[]> {
  if (/\.(?:docx|xlsx|pptx|dotx)$/i.test(fileName)) {
    const texts = await readTexts(bytes, officeParts).catch(() => new Map<string, string>());
    return [...texts].map(([name, xml]) => {
      const said = xml.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
      return name.startsWith('word/') ? lineIn(said) : labelIn(said);
    });
  }
  if (/\.pdf$/i.test(fileName)) {
    const latin = (part: Uint8Array) => Buffer.from(part).toString('latin1');
    const said = `${latin(bytes.subarray(0, ends))}\n${latin(bytes.subarray(Math.max(0, bytes.length - ends)))}`;
    const labels = [
      ...said.matchAll(
        /\/(?:MSIP_Label_[\w-]+_Name|Classification|Sensitivity|Keywords)\s*\(([^)]{1,200})\)/g,
      ),
    ];
    return labels.map(([, label = '']) => labelIn(label));
  }
  if (!/\.(?:txt|md|csv|json|log|html?|xml|yaml|yml|eml)$/i.test(fileName)) return [];
  const text = new TextDecoder().decode(bytes.subarray(0, beginning));
  return text.split(/\r?\n/).map(lineIn);
}

/** A line that says nothing else, or «Classification: …». */
function lineIn(line: string): Level | null {
  const [before = '', behind] = line.split(/[:=|]/, 2);
  if (behind !== undefined && heading.is(before.replace(/[#*"]/g, '')) !== null) return markIn(behind);
  const level = levelWords.is(line.replace(/[#*_"[\]()]/g, ' '));
  return levels.find((each) => each === level) ?? null;
}

/** Of a label, which may say more: «Larkspur Confidential». */
function labelIn(text: string): Level | null {
  return text.length > 400 ? markIn(text.slice(0, 400)) : markIn(text);
}

function markIn(text: string): Level | null {
  const found = levelWords.findAll(text).map(({ meaning }) => meaning);
  // «Public» and «internal» stand in the names of many things; as the mark of a whole file they say little, the others much.
  return levels.findLast((level) => found.includes(level)) ?? null;
}
