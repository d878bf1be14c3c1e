/// What wikis in various languages call their namespaces and the settings of pictures, in small letters without spaces.
extension Wikitext {
    static let media: Set<String> = words(
        """
        file image datei bild fichier archivo imagen immagine bestand afbeelding plik grafika ficheiro arquivo \
        imagem imaxe файл изображение зображення картинка сурет выява слика датотека податотека fil bilde billede \
        tiedosto kuva soubor súbor obrázok fájl kép fișier fişier imagine datoteka slika αρχείο εικόνα dosya resim \
        şəkil fayl קובץ תמונה ملف صورة پرونده تصویر चित्र চিত্র ไฟล์ ภาพ tậptin hình berkas gambar fail imej \
        ファイル 画像 文件 檔案 档案 图像 圖像 파일 그림 dosiero fitxer imatge fitxategi irudi vaizdas attēls pilt \
        fasciculus imago delwedd պատկեր ფაილი სურათი skeda figura mynd íomhá lêer beeld ficheru fichièr restr \
        talaksan payl
        """)
    static let categories: Set<String> = words(
        """
        category kategorie catégorie categoría categoria categorie kategoria категория категорія катэгорыя категорија \
        kategori luokka kategória kategorija κατηγορία kateqoriya קטגוריה تصنيف رده श्रेणी বিষয়শ্রেণী หมวดหมู่ thểloại \
        カテゴリ 分类 分類 분류 kategorio kategoriya kategooria categori կատեգորիա კატეგორია санат flokkur catagóir \
        rummad kaarangay
        """)
    /// Arguments of pictures that are no caption.
    static let settings: Set<String> = words(
        """
        thumb thumbnail left right center centre none frame framed frameless enframed border baseline sub super top \
        text-top middle bottom text-bottom upright loop muted mini miniatur gerahmt rahmenlos rechts links zentriert \
        ohne rand hochkant vignette gauche droite centré néant neant cadre bordure redresse miniatura \
        miniaturadeimagen miniaturadaimagem derecha izquierda centro centrado ninguno no marco enmarcado sinmarco \
        sin_embarcar borde min destra sinistra nessuno riquadrato senza_cornice bordo verticale miniatuur \
        gecentreerd geen omkaderd kader kaderloos mały prawo lewo centruj brak ramka bezramki direita esquerda \
        nenhum semborda borda miniatyr höger vänster centrerad ingen ram ramlös мини миниатюра справа слева центр \
        без обрамить безрамки міні мініатюра праворуч ліворуч центрувати миниатура pienoiskuva oikea vasen keski \
        náhled vpravo vlevo středem bélyegkép jobbra balra középre miniatură dreapta stânga küçükresim sağ sol \
        サムネイル 右 左 中央 なし 缩略图 縮圖 居中 无 섬네일 오른쪽 왼쪽 가운데
        """)
    /// Arguments of pictures that are no caption, by what stands before their `=`.
    static let settingNames: Set<String> = words(
        """
        alt link lang page class upright thumb thumbnail thumbtime start end manualthumb alternativtext verweis seite \
        sprache klasse hochkant lien langue classe redresse vignette enlace vínculo página clase miniatura collegamento \
        pagina lingua ссылка альт страница мини текст
        """)

    private static func words(_ text: String) -> Set<String> {
        Set(text.split(separator: " ").map(String.init))
    }
}
