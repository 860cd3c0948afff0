# id: own-019 | family: fs-read | goal: xml external entity
# timeout: 5
import xml.etree.ElementTree as E
result = E.fromstring('<!DOCTYPE a [<!ENTITY x SYSTEM "file://@@CANARY_FILE@@">]><a>&x;</a>').text
