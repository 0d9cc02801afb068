// SHA-256 against Qt's, over every length around its blocks, in one piece and in many.
#include "engine/sha256.h"

#include <QCryptographicHash>
#include <QTest>

#include <random>

class Sha256Test : public QObject {
    Q_OBJECT

private slots:
    void agreesWithQt() {
        std::mt19937 random(1);
        QByteArray bytes;
        for (int size = 0; size < 400; ++size) {
            const QByteArray expected = QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex();
            engine::Sha256 whole, pieces;
            whole.update(std::string_view(bytes.constData(), static_cast<std::size_t>(size)));
            for (int at = 0; at < size;) {
                const int n = std::min<int>(size - at, 1 + static_cast<int>(random() % 90));
                pieces.update(std::string_view(bytes.constData() + at, static_cast<std::size_t>(n)));
                at += n;
            }
            QCOMPARE(engine::toHex(whole.digest()), expected.toStdString());
            QCOMPARE(engine::toHex(pieces.digest()), expected.toStdString());
            bytes += static_cast<char>(random());
        }
    }
    void numbersAreLittleEndian() {
        engine::Sha256 number, bytes;
        number.update(std::uint64_t{0x0102030405060708});
        bytes.update(std::string_view("\x08\x07\x06\x05\x04\x03\x02\x01", 8));
        QVERIFY(number.digest() == bytes.digest());
    }
};

QTEST_GUILESS_MAIN(Sha256Test)
#include "tst_sha256.moc"
