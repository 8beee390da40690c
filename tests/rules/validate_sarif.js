// node validate_sarif.js AJV-PACKAGE SCHEMA-PACKAGE FILE...: whether each file is SARIF 2.1.0 by its JSON schema.
'use strict';
const fs = require('fs');
const path = require('path');
const [ajvFolder, schemaFolder, ...files] = process.argv.slice(2);
const read = (...parts) => JSON.parse(fs.readFileSync(path.join(...parts), 'utf8'));
const Ajv = require(path.join(ajvFolder, 'dist', 'ajv.bundle.js'));
const ajv = new Ajv({allErrors: true, schemaId: 'auto', meta: false});
const meta = read(ajvFolder, 'lib', 'refs', 'json-schema-draft-04.json');

ajv.addMetaSchema(meta);
ajv._opts.defaultMeta = meta.id;
const validate = ajv.compile(read(schemaFolder, 'lib', 'schemas', 'sarif-2.1.0-rtm.5.json'));
if (validate({version: '2.1.0', runs: [{}]})) {
    console.error('FAILED: the validator accepts a run without a tool');
    process.exit(1);
}
for (const file of files) {
    if (!validate(read(file))) {
        console.error(`FAILED: ${file}: ${ajv.errorsText(validate.errors, {separator: '\n'})}`);
        process.exit(1);
    }
}
