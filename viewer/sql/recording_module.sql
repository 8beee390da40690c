-- One module.
SELECT name, path, file_version, build_id, pdb_guid, pe_timestamp, pe_checksum, image_bytes,
    file_bytes FROM main.module WHERE id = ?1
