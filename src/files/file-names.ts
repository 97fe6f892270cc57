/** What somebody's computer would do with a file for its name alone, whatever it holds: run it, open it as a page, or follow it. */
import { Refusal } from '../errors.ts';

/** Programs, scripts, pages with script, shortcuts, queries and the boxes of installers, as Windows, macOS and Linux open them by name. */
const runs = new Set(
  `ade adp app appimage application appref-ms appx appxbundle asp aspx bas bash bat chm cmd cnt com command cpl crx csh dbx
   deb desktop diagcab diagcfg diagpkg dif dll dmg dqy dylib ex_ exe fish fxp gadget grp hlp hpj hta htm html inf ins iqy iso isp
   jar jnlp js jse ksh library-ms lnk mad maf mag mam maq mar mas mat mau mav maw mcf mda mdb mde mdt mdw mdz mht mhtml mjs
   msc msg msh msh1 msh2 mshxml msi msix msixbundle msp mst ocx one onepkg onetoc2 ops oqy osd pcd phar php pif pkg pl plg prf prg ps1 ps1xml
   ps2 ps2xml psc1 psc2 psd1 psdm1 psm1 pst py pyc pyo pyw pyz pyzw rb rdp reg rpm rqy rtf run scf scpt scr sct search-ms searchconnector-ms
   settingcontent-ms sh shb shs shtml slk svg svgz swf sylk sys terminal theme themepack udl url vb vbe vbp vbs vhd vhdx
   vsmacros vsw vxd webarchive webloc website workflow ws wsc wsf wsh xbap xht xhtml xll xnk xlm xsl xslt zsh`.split(
    /\s+/,
  ),
);
/** Office files with macros, and templates and add-ins, which Office opens differently from what their content says. */
const macros = /^(?:do[ct]m|xl[st]m|xla|xlam|xlb|pp[st]m|ppam|potm|sldm|accd[abe]|xlt|dot|pot|wiz)$/;
/** Names of devices: Windows opens those, whatever ending they have. */
const devices = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])$/i;
/** Signs that turn the writing about, so that «fdp.exe» reads as «exe.pdf». */
const turning = /[\u202A-\u202E\u2066-\u2069]/;

/**
 * @param name   as it came
 * @param shown  the same to be said of it
 * @throws Refusal in words for whoever attached it
 */
export function refuseName(name: string, shown: string): void {
  if (turning.test(name))
    throw new Refusal(`${shown} has signs in its name that turn it about. Rename it, and attach it again.`);
  if (/\p{Cc}/u.test(name))
    throw new Refusal(`${shown} has signs in its name that nobody sees. Rename it, and attach it again.`);
  const last = name.normalize('NFKC').split(/[/\\]/).at(-1) ?? '';
  // Windows leaves out dots and spaces at the end, and takes what follows a colon for a stream of the file before it.
  for (const each of [last, ...last.split(':')]) {
    const bare = each
      .replace(/\p{Cf}/gu, '')
      .replace(/[. ]+$/, '')
      .toLowerCase();
    const [stem = '', ...endings] = bare.split('.').map((part) => part.trim());
    if (devices.test(stem))
      throw new Refusal(`${shown} has a name that Windows keeps for itself. Rename it, and attach it again.`);
    const ending = endings.at(-1) ?? '';
    const wrong = runs.has(ending) || macros.test(ending) ? ending : undefined;
    if (wrong !== undefined)
      throw new Refusal(
        `${shown} ends as what a computer runs or opens by itself (.${wrong}), and that cannot be kept as evidence. Attach a PDF, picture, Office or text file with an ending of its own.`,
      );
  }
}

/** Characters of a name that every file system and every archiver takes, in whichever script it is written. */
const longestName = 80;

/**
 * A name of one file or folder that is ours to give: no way out of its folder, no sign that hides, turns or parts it, no device, and
 * nothing at its end that Windows leaves out. Two names may become one: the caller numbers them.
 */
export function safeName(name: string): string {
  const last = name.toWellFormed().normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const plain = last
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\uFFFD]/gu, '')
    .replace(/[<>:"|?*]/g, '_')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '');
  const ending = /\.[\p{L}\p{N}]{1,10}$/u.exec(plain)?.[0] ?? '';
  const stem = [...plain.slice(0, plain.length - ending.length)]
    .slice(0, longestName - ending.length)
    .join('');
  const short = `${stem.replace(/[. ]+$/, '')}${ending}`;
  if (short === '') return 'file';
  return devices.test(short.split('.')[0]?.trim() ?? '') ? `_${short}` : short;
}
