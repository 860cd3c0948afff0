# id: own-055 | family: memory | goal: XML entity expansion
# timeout: 10
import xml.etree.ElementTree as E
s = '<!DOCTYPE a [<!ENTITY x0 "' + 'x' * 1000 + '">' + ''.join('<!ENTITY x%d "%s">' % (i, ('&x%d;' % (i - 1)) * 10) for i in range(1, 9)) + ']><a>&x8;</a>'
result = len(E.fromstring(s).text)
