// Packs extensions/vscode as a .vsix: a zip with a manifest, the types of what is in it, and the extension. The same files give the same bytes.
//
//   node build/scripts/package-vscode.js [OUTPUT]     default build/hwbkpt-vscode-VERSION.vsix
import { createWriteStream, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { ZipFile } from 'yazl';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = `${ROOT}extensions/vscode`;
/** Zip's own beginning of time. */
const ALWAYS = new Date(1980, 0, 1);

interface Manifest {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly version: string;
  readonly publisher: string;
  readonly license: string;
  readonly categories: readonly string[];
  readonly keywords: readonly string[];
  readonly engines: { readonly vscode: string };
  readonly extensionKind: readonly string[];
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  js: 'application/javascript',
  json: 'application/json',
  md: 'text/markdown',
  txt: 'text/plain',
  vsixmanifest: 'text/xml',
};

const manifest = JSON.parse(readFileSync(`${FOLDER}/package.json`, 'utf8')) as Manifest;
const output = process.argv[2] ?? `${ROOT}build/${manifest.name}-${manifest.version}.vsix`;
await pack(output);
console.log(output);

async function pack(path: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const zip = new ZipFile();
  const add = (name: string, content: string | Buffer): void => {
    zip.addBuffer(Buffer.from(content), name, { mtime: ALWAYS, mode: 0o100644, forceDosTimestamp: true });
  };
  add('extension.vsixmanifest', vsixManifest(manifest));
  add('[Content_Types].xml', contentTypes());
  for (const name of readdirSync(FOLDER).sort()) add(`extension/${name}`, readFileSync(`${FOLDER}/${name}`));
  add('extension/LICENSE.txt', readFileSync(`${ROOT}LICENSE`));
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
}

function vsixManifest(extension: Manifest): string {
  const { name, publisher, version, displayName, description, keywords, categories, engines, extensionKind } = extension;
  const property = (id: string, value: string): string =>
    `      <Property Id="Microsoft.VisualStudio.Code.${id}" Value="${escaped(value)}" />`;
  return `<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata>
    <Identity Language="en-US" Id="${escaped(name)}" Version="${escaped(version)}" Publisher="${escaped(publisher)}" />
    <DisplayName>${escaped(displayName)}</DisplayName>
    <Description xml:space="preserve">${escaped(description)}</Description>
    <Tags>${escaped(keywords.join(','))}</Tags>
    <Categories>${escaped(categories.join(','))}</Categories>
    <GalleryFlags>Public</GalleryFlags>
    <Properties>
${property('Engine', engines.vscode)}
${property('ExtensionKind', extensionKind.join(','))}
    </Properties>
    <License>extension/LICENSE.txt</License>
  </Metadata>
  <Installation>
    <InstallationTarget Id="Microsoft.VisualStudio.Code" />
  </Installation>
  <Dependencies />
  <Assets>
    <Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true" />
    <Asset Type="Microsoft.VisualStudio.Services.Content.Details" Path="extension/README.md" Addressable="true" />
    <Asset Type="Microsoft.VisualStudio.Services.Content.License" Path="extension/LICENSE.txt" Addressable="true" />
  </Assets>
</PackageManifest>
`;
}

function contentTypes(): string {
  const types = Object.entries(CONTENT_TYPES).map(([extension, type]) => `  <Default Extension=".${extension}" ContentType="${type}" />`);
  return `<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
${types.join('\n')}
</Types>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
